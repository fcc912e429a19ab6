"""When does a neural-network classifier work? The folders, in the order of a reader's questions:

config: what is asked. study: the nouns that everything passes, Study, Cell and Learner.
tasks: how groups are distributed. learners: what is trained. scores: how good it is. Add a kind to each.
stages: the steps from file to file, one module a command; commands.py lists them, __main__.py is the command line.
figures: one figure a module. drawing: what figures share. report: captions and tables for readers.
storage: how results are kept; layout.py says where. sources.py: on which code a job depends.
running: how jobs are run, here and on clusters. estimate: what a run will take.
notebook.py: a cell without files, from Python.
What all may use: logits.py (log-odds), randomness.py, wording.py, errors.py.
"""
