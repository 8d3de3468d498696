// One telephone: what it shows in each state, and what can be done there.
