"""The rules of a cell: draws, training, scores.

takes: the cell, the learner and the code (params); no files
makes: samples.npz; test.npz of each scale; model.pt, history.csv, cost.csv, scores.csv and curves.npz of each network;
    cost.csv, scores.csv and curves.npz of each classifier of scikit-learn
steps: simulate -> train -> test; simulate -> assess; simulate_test -> test, assess
"""

from applicability.estimate import workload

FOR_CELL = {
    "mem_mb": of_cell(workload.memory_of),
    "runtime": of_cell(workload.minutes_of),
    "gpu": int(CONFIG["device"].startswith("cuda")),
}


rule simulate:
    output:
        samples=layout.SAMPLES,
    log:
        "logs/simulate/{study}/scale={scale}/n={n}.log",
    localrule: True
    params:
        cell=lambda wildcards: cell_of(wildcards).json(),
        code=code_of("simulate"),
    message:
        "Simulating scale {wildcards.scale}, n = {wildcards.n} of {wildcards.study}"
    run:
        run_stage("simulate", wildcards, input, output, params, log)


rule simulate_test:
    output:
        samples=layout.TEST_SAMPLES,
    log:
        "logs/simulate_test/{study}/scale={scale}.log",
    localrule: True
    params:
        cell=lambda wildcards: cell_of(wildcards).json(),
        role="test",
        code=code_of("simulate"),
    message:
        "Simulating the test draws at scale {wildcards.scale} of {wildcards.study}"
    run:
        run_stage("simulate", wildcards, input, output, params, log)


rule train:
    input:
        samples=layout.SAMPLES,
    output:
        f"{layout.TRAINED}/history.csv",
        f"{layout.TRAINED}/cost.csv",
        model=f"{layout.TRAINED}/model.pt",
    log:
        "logs/train/{study}/scale={scale}/n={n}/{learner}.log",
    wildcard_constraints:
        learner=learners_with(losses=True),
    priority: 1  # before tests: the end of a run is then short jobs, spread evenly over the cores
    resources:
        **FOR_CELL,
    params:
        learner=lambda wildcards: learner_of(wildcards).json(),
        code=code_of("train"),
    message:
        "Training {wildcards.learner} at scale {wildcards.scale}, n = {wildcards.n} of {wildcards.study}"
    run:
        run_stage("train", wildcards, input, output, params, log, device=CONFIG["device"])


rule test:
    input:
        f"{layout.TRAINED}/cost.csv",
        samples=layout.SAMPLES,
        test_samples=layout.TEST_SAMPLES,
        model=f"{layout.TRAINED}/model.pt",
    output:
        f"{layout.TRAINED}/curves.npz",
        scores=f"{layout.TRAINED}/scores.csv",
    log:
        "logs/test/{study}/scale={scale}/n={n}/{learner}.log",
    wildcard_constraints:
        learner=learners_with(losses=True),
    resources:
        **FOR_CELL,
    params:
        code=code_of("test"),
    message:
        "Testing {wildcards.learner} at scale {wildcards.scale}, n = {wildcards.n} of {wildcards.study}"
    run:
        run_stage("test", wildcards, input, output, params, log, device=CONFIG["device"])


rule assess:
    input:
        samples=layout.SAMPLES,
        test_samples=layout.TEST_SAMPLES,
    output:
        f"{layout.TRAINED}/cost.csv",
        f"{layout.TRAINED}/curves.npz",
        scores=f"{layout.TRAINED}/scores.csv",
    log:
        "logs/assess/{study}/scale={scale}/n={n}/{learner}.log",
    wildcard_constraints:
        learner=learners_with(losses=False),
    resources:
        mem_mb=FOR_CELL["mem_mb"],
        runtime=FOR_CELL["runtime"],
    params:
        learner=lambda wildcards: learner_of(wildcards).json(),
        code=code_of("assess"),
    message:
        "Fitting and testing {wildcards.learner} at scale {wildcards.scale}, n = {wildcards.n} of {wildcards.study}"
    run:
        run_stage("assess", wildcards, input, output, params, log)
