"""What handing work over costs, beside the other ways to change the owner.

`make bench` runs `python -m benchmarks` in the prepared environment. One database is
generated for each size and kept; each way runs on a fresh copy of it, in a process of
its own, in turn, for several rounds. Medians go into a table and `results.json`.
"""
