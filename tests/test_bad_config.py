"""Bad configs, as files and spoilt at random: one line, and nothing done before. (Single values: test_config.py.)"""

import copy
import json
from pathlib import Path

import pytest
import yaml
from applicability.config import studies as configs
from applicability.config.reading import check_files, explain_refusal
from applicability.config.validation import validate
from applicability.errors import InputError
from checkouts import ROOT, SNAKEMAKE
from conftest import assert_one_line
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SHIPPED = [yaml.safe_load(path.read_text()) for path in sorted((ROOT / "config").glob("*.yaml"))]
STUDY = "studies:\n  s: {{task: {{a: {{norm: {{}}}}, b: {{norm: {{loc: 1}}}}}}, scales: {scales}, sample_sizes: [9]"
GOOD = STUDY.format(scales="[1]") + ", learners: {net: {hidden: [], steps: 1}}}\n"
NAME = "expected a name of letters, digits, _ and -, a letter first, 64 at most; found"


def studies_in(path: Path) -> dict:
    """What Snakemake makes of a config file, and we of that."""
    check_files([path])
    return configs.studies(validate(yaml.load(path.read_text(), yaml.FullLoader)))


def named(name: str) -> str:
    """The good config with a study of that name."""
    return GOOD.replace("  s:", f"  {json.dumps(name)}:")


def learner(name: str) -> str:
    """The good config with a second learner of that name."""
    return GOOD.replace("{net:", f"{{{json.dumps(name)}: {{hidden: [], steps: 1}}, net:")


FILES = {  # of config: what is written, and what the line must say
    "nothing": ("", "config.yaml: expected a mapping with the key 'studies'; found an empty file"),
    "a comment": ("# studies\n", "config.yaml: expected a mapping with the key 'studies'; found an empty file"),
    "a list": ("- studies\n", "config.yaml: expected a mapping with the key 'studies'; found a list"),
    "a text": ("studies\n", "config.yaml: expected a mapping with the key 'studies'; found a text"),
    "tab": ("studies:\n\ts: 1\n", "config.yaml, line 2, column 1: expected YAML or JSON; found a tab"),
    "unclosed": (GOOD[:-2], "config.yaml, line 3, column 1: expected YAML or JSON; did not find expected ',' or '}'"),
    "two documents": (GOOD + "---\n" + GOOD, "config.yaml, line 3, column 1: expected YAML or JSON; but found another"),
    "latin-1": (b"# caf\xe9\n", "config.yaml: expected YAML or JSON; 'utf-8' codec"),
    "random bytes": (bytes(range(256)), "config.yaml: expected YAML or JSON; 'utf-8' codec"),
    "a nul": (GOOD + "\0", "config.yaml: expected YAML or JSON; unacceptable character"),
    "study twice": (GOOD + GOOD, "expected each key once; found studies 2 times"),
    "key twice": (GOOD.replace("scales", "seed: 1, seed: 2, scales"), "expected each key once; found seed 2 times"),
    "key twice in JSON": ('{"studies": 1,\n\t"studies": 2}', "expected each key once; found studies 2 times"),
    "key twice behind an anchor": ("a: &a {b: 1, b: 2}\nstudies: {<<: *a}\n", "found b 2 times"),
    "template": ("__use_yte__: true\nstudies: 3\n", "__use_yte__: a config is no program"),
    "number as key": (GOOD + "1: 2\n", "config: 1: unknown; allowed: device"),
    "nothing as key": (GOOD + "~: 2\n", "config: None: unknown"),
    "line break in a key": (GOOD + '"a\\nb": 2\n', "config: a b: unknown"),
    "escape in a key": (GOOD + '"a\\e[31m": 2\n', "config: a\\x1b[31m: unknown"),
    "date as name": (GOOD.replace("  s:", "  2020-01-01:"), "studies: expected a text; found datetime.date"),
    "number as group": (GOOD.replace("{a:", "{0:"), "task: expected a text; found 0 (a name has a letter first, as a0"),
    "false as group": (GOOD.replace("{a:", "{no:"), "task: expected a text; found False (YAML reads no, off and false"),
    "true as group": (GOOD.replace("{a:", "{yes:"), "so: write a name in quotes, 'yes')"),
    "false as learner": (GOOD.replace("{net:", "{off:"), "learners: expected a text; found False (YAML reads no, off"),
    "true as study": (GOOD.replace("  s:", "  on:"), "studies: expected a text; found True (YAML reads yes, on and"),
    "false as example": (GOOD + "examples: {no: {}}\n", "unknown; allowed: clusters, gaussians (YAML reads no, off"),
    "false as baseline": (GOOD[:-2] + ", baseline: no}\n", "baseline: expected a text; found False (YAML reads no"),
    "set": ("studies: !!set {s}\n", "studies: expected a mapping; found {'s'}"),
    "bytes": ("studies: !!binary aGVsbG8=\n", "studies: expected a mapping; found b'hello'"),
    "tuple": (GOOD.replace("[1]", "!!python/tuple [1]"), "scales: expected a list; found (1,)"),
    "function": ("studies: !!python/name:os.system\n", "studies: expected a mapping; found <"),
    "bomb": (
        "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
        + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdef", "bcdefg", strict=True)),
        "expected no more than 100,000 values",
    ),
    "endless": ("studies: &s [*s]\n", "expected no more than 20 levels"),
    "deep": ("studies: " + "[" * 50 + "]" * 50, "expected no more than 20 levels"),
    "many digits": (GOOD.replace("[1]", f"[0x{'f' * 5000}]"), "scales.0: expected a finite number, up to 1e+300"),
    "many digits as key": (f"? 0x{'f' * 5000}\n: 1\n", "config: expected a finite number"),
    "same numbers": (GOOD.replace("[1]", f"[{2**60}, {2**60 + 1}]"), "scales: expected each once; found 1.1529215"),
    "negative zero": (GOOD.replace("[1]", "[-0.0]"), "scales.0: expected a number > 0 and ≤ 1e+30; found -0.0"),
    "sample sizes beyond memory": (GOOD.replace("[9]", "[1000000000000]"), "sample_sizes.0: expected a whole number"),
    "long value": (GOOD.replace("[9]", f"[{'x' * 9999}]"), "sample_sizes.0: expected a whole number"),
    "parent folder": (named(".."), f"studies: {NAME} '..'"),
    "this folder": (named("."), f"studies: {NAME} '.'"),
    "path": (named("a/b"), f"studies: {NAME} 'a/b'"),
    "absolute path": (named("/tmp/x"), f"studies: {NAME} '/tmp/x'"),
    "backslash": (named("a\\b"), f"studies: {NAME} 'a\\\\b'"),
    "empty name": (named(""), f"studies: {NAME} ''"),
    "newline behind a name": (named("s\n"), f"studies: {NAME} 's\\n'"),
    "quote": (named("it's"), f'studies: {NAME} "it\'s"'),
    "command": (named("$(touch x)"), f"studies: {NAME} '$(touch x)'"),
    "wildcard": (named("{scale}"), f"studies: {NAME} '{{scale}}'"),
    "letter of elsewhere": (named("é"), f"studies: {NAME} 'é'"),
    "long name": (named("x" * 65), f"studies: {NAME} 'xxx"),
    "name that is taken, in capitals": (named("Examples"), "studies: expected each once, in capitals or not"),
    "learner in capitals": (learner("Net"), "learners: expected each once, in capitals or not; found net 2 times"),
    "learner as file": (learner("samples.npz"), f"learners: {NAME} 'samples.npz'"),
    "newline behind a learner": (learner("wide\n"), f"learners: {NAME} 'wide\\n'"),
    "newline behind a device": (GOOD + 'device: "cpu\\n"\n', "device: expected one of auto, cpu"),
    "newline behind a baseline": (GOOD[:-2] + ', baseline: "net\\n"}\n', f"baseline: {NAME} 'net\\n'"),
    "group with a newline": (GOOD.replace("{a:", '{"a\\n":'), f"task: {NAME} 'a\\n'"),
}


@pytest.mark.parametrize(("content", "said"), FILES.values(), ids=FILES)
@pytest.mark.usefixtures("refusal")
def test_bad_config_files_are_refused(content, said, tmp_path):
    path = tmp_path / "config.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError) as refused:
        studies_in(path)
    assert_one_line(str(refused.value), said)
    assert list(tmp_path.iterdir()) == [path]


def test_the_config_that_these_spoil_is_good(tmp_path):
    for text in (GOOD, named("x" * 64), learner("wide"), json.dumps(yaml.safe_load(GOOD))):
        (tmp_path / "config.yaml").write_text(text)
        assert studies_in(tmp_path / "config.yaml")


def test_a_key_that_is_there_twice_in_config_by_hand_is_refused():
    with pytest.raises(InputError, match="--config: expected each key once; found seed 2 times"):
        check_files([], ["device=cpu", "studies={s: {seed: 1, seed: 2}}"])
    check_files([], ["device=cpu", "studies=[[["])


def test_what_snakemake_refuses_without_a_name_is_explained(tmp_path, monkeypatch):
    """Snakemake says of the first three "must be given as JSON or YAML with keys at top level" and the like."""
    monkeypatch.chdir(tmp_path)
    for name, text in {"good.yaml": GOOD, "broken.yaml": GOOD[:-2], "empty.yaml": "", "scores.csv": "a,b\n"}.items():
        Path(name).write_text(text)
    for words, said in {
        "--configfile broken.yaml -n": "config: broken.yaml, line 3, column 1: expected YAML or JSON; did not find",
        "-n --configfile=empty.yaml": "config: empty.yaml: expected a mapping with the key 'studies'; found an empty",
        "--configfile good.yaml scores.csv": "config: scores.csv: expected a mapping with the key 'studies'; found a",
        "--configfile good.yaml none.yaml": "config: none.yaml: expected YAML or JSON; No such file or directory",
    }.items():
        assert_one_line(explain_refusal(words.split()), said)
    for words in ("scores.csv --configfile good.yaml --config device=cpu", "--cores 2", "--config n=5"):
        assert explain_refusal(words.split()) is None


ODD = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        3.5,
        -0.0,
        1e-320,
        10**25,
        16**6000,
        float("nan"),
        float("inf"),
        "",
        "a",
        "1e-3",
        "a\nb",
        "$(x)",
    ]
    + ["x" * 1000, [], [[]], [1], {}, {"a": 1}, {None: 1}, {"norm": {}}, {"sgd": {"lr": 1}}, b"x", (1, 2), 2**63, ".."]
)


def places(value, *above):
    """Every key and index within a config, with what is above it."""
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from places(value[key])


@st.composite
def spoilt(draw):
    """A config of ours with up to three changes of its structure."""
    config = copy.deepcopy(draw(st.sampled_from(SHIPPED)))
    for _ in range(draw(st.integers(1, 3))):
        if not (found := list(places(config))):
            break
        inner, key = draw(st.sampled_from(found))
        match draw(st.sampled_from(["delete", "replace", "rename", "nest", "copy"])):
            case "delete":
                del inner[key]
            case "replace":
                inner[key] = copy.deepcopy(draw(ODD))
            case "rename" if isinstance(inner, dict):
                name = draw(st.one_of(st.text(), st.integers(), st.just(16**6000), st.none()))
                inner[name] = inner.pop(key)
            case "nest":
                inner[key] = draw(st.sampled_from([[inner[key]], {"a": inner[key]}, [inner[key]] * 2]))
            case _:
                other, place = draw(st.sampled_from(found))
                if place in other if isinstance(other, dict) else place < len(other):
                    inner[key] = copy.deepcopy(other[place])
    return config


@given(spoilt())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_spoilt_config_gives_studies_or_a_line_for_each_error(config):
    try:
        checked = validate(config)
    except InputError as error:
        lines = str(error).splitlines()
        assert len(lines) <= 11
        for line in lines:
            assert_one_line(line, "config: ")
    else:
        configs.studies(checked), configs.examples(checked)


RUNS = {  # words of snakemake, and what the line must say
    "--configfile none.yaml": "config: none.yaml: expected YAML or JSON; No such file or directory",
    "--configfile latin.yaml": "config: latin.yaml: expected YAML or JSON; 'utf-8' codec",
    "--configfile config/test.yaml results/tiny/summary.csv": "expected the targets first: snakemake results/tiny",
    "--configfile twice.yaml": "twice.yaml: expected each key once; found seed 2 times",
    "--configfile newline.yaml": f"config: studies: {NAME} 's\\n'",
    "--config n=5": "Config entry must start with a valid identifier",
    "--config device=tpu": "config: device: expected one of auto",
    "": "config: config/config.yaml: expected a file of YAML or JSON: 'utf-8' codec",
}


def test_snakemake_refuses_before_anything_runs(fresh, record_property):
    bad = {"latin.yaml": FILES["latin-1"][0], "config/config.yaml": FILES["latin-1"][0]}
    bad |= {"twice.yaml": FILES["key twice"][0].encode(), "newline.yaml": named("s\n").encode()}
    for name, content in bad.items():
        (fresh.path / name).write_bytes(content)
    for words, said in RUNS.items():
        given = ["--configfile", "config/test.yaml"] * words.startswith("--config ")
        done = fresh.run(SNAKEMAKE[0], *given, *words.split())
        assert done.returncode == 1
        [line] = done.stdout.strip().splitlines()[1:]  # behind the one that names the profile
        assert_one_line(line, said)
    assert not (fresh.path / "results").exists()
    assert not (fresh.path / "logs").exists()
    record_property("bad inputs refused", len(RUNS))
