"""Pure computation on columns: judging water and air under the law."""
