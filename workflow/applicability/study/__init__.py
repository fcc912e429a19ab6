"""What a study is made of, as records that every folder passes: task and grid, learners, replicates."""
