"""The report as a reader sees it: in a browser, without a network, every figure and table with its caption."""

import shutil
import zipfile
from pathlib import Path

import pytest
from checkouts import Project

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
OPTIONS = "--headless --no-sandbox --disable-gpu --no-first-run"  # as root
OPTIONS += " --disable-background-networking --disable-component-update"  # no calls home
HERE = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="no Chromium with its driver here")
pytestmark = [pytest.mark.workflow, pytest.mark.browser, HERE]


@pytest.fixture(scope="module")
def browser():
    webdriver = pytest.importorskip("selenium.webdriver")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for word in [*OPTIONS.split(), "--window-size=1600,1000", "--host-resolver-rules=MAP * ~NOTFOUND"]:
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(DRIVER))
    driver.implicitly_wait(10)
    yield driver
    driver.quit()


def follow(browser, text: str) -> None:
    """Click on what reads so."""
    browser.find_element("xpath", f"//*[normalize-space(text())='{text}' and not(*[normalize-space(text())])]").click()


def open_results(browser, page: Path, kind: str) -> None:
    """Show the list of all figures or tables."""
    browser.get(page.as_uri())
    for word in ("Results", "tiny", kind):
        follow(browser, word)


def look_at(browser, *words: str) -> None:
    """Click on the eye in the row of a list that reads so."""
    [row] = [row for row in browser.find_elements("xpath", "//tr") if row.text.split() == list(words)]
    row.find_elements("xpath", ".//a")[0].click()


def without_errors(browser) -> bool:
    """Whether the console has had warnings at most."""
    return not [entry for entry in browser.get_log("browser") if entry["level"] not in ("WARNING", "INFO")]


@pytest.fixture(scope="module")
def page(finished: Project, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    finished.snakemake("--report", str(folder / "report.zip"))
    with zipfile.ZipFile(folder / "report.zip") as archive:
        archive.extractall(folder)
    return folder / "report/report.html"


def test_the_report_opens_with_how_the_study_was_made(browser, page):
    browser.get(page.as_uri())
    said = browser.find_element("id", "app").text
    assert "How tiny was made" in said
    assert "net: 1-16-1 ReLU, SGD with lr = 0.1, batches of 256, 20 epochs" in said
    follow(browser, "Statistics")
    assert browser.find_element("css selector", "#runtimes canvas, #runtimes svg").size["width"] > 100
    assert without_errors(browser)


def test_every_figure_and_table_is_there_and_shows(browser, page):
    open_results(browser, page, "figures")
    look_at(browser, "gap", "net-steps")
    image = browser.find_element("css selector", "#app img[src*='gap-net-steps.png']")
    assert browser.execute_script("return arguments[0].complete && arguments[0].naturalWidth", image) > 300
    open_results(browser, page, "tables")
    look_at(browser, "summary")
    browser.switch_to.frame(browser.find_element("tag name", "iframe"))
    assert len(browser.find_elements("tag name", "tr")) == 1 + 12
    assert without_errors(browser)


def test_every_caption_has_numbers_of_the_study_and_a_caveat(browser, finished, page):
    browser.get(page.as_uri())
    results = browser.execute_script("return results")
    there = [path for kind in ("figures/*.png", "tables/*.html") for path in finished.path.glob(f"results/tiny/{kind}")]
    assert set(results) == {str(path.relative_to(finished.path)) for path in there}
    for path, result in results.items():
        assert result["caption"].count("<p") == 2, path
        assert any(sign.isdigit() for sign in result["caption"]), path
        assert "system-message" not in result["caption"], path
