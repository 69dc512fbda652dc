"""The measurements that the README quotes: ``python -m bertmini_demo.benchmark``.

Every figure is a ratio against a peer that was measured in the same run, in turns, so that a busy machine weighs on both.
"""
