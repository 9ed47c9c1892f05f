"""Live rules: what an item of a plan asks for, tied to what the program counts.

Five kinds serve every plan: target, cadence, floor, action, contingency. Each kind has a module
with two functions that know nothing of storage: how a rule reads in words, and how it stands today.
``rule`` reads rules, ``cells`` says which cells of the grid a target rule points to, ``writing``
writes them, ``states`` reads where all rules of a plan stand at once.
"""
