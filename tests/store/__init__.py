"""Tests of the store; ``homes`` has the fixtures that other rooms use too."""
