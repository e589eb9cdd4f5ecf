"""A client of `penstock serve` for programs (docs/http-examples.md); its names are in
`penstock.client`.

Everything that decides is without input and output: `flows` and `following` say which calls to make
and what answers mean; `sync` and `asynchronous` only make them.
"""
