"""Methods of attribution: each divides one output of the network among the word pieces."""
