"""How well search answers: queries, products graded for each, and what rankers score on them.

How the set was made. The queries (`queries.tsv`) are our own words, in ten classes. For each, `pooling` takes the top
ten of three rankers (plain BM25 over all text, the product's engine as it was before any tuning on this set, and BM25
over pieces of words with pinyin and a few translated words), in turn, until twelve products stand there. Shuffled by a
seed and without the rankers' names, they were read and graded one by one. `grades.tsv` keeps what came of it, 0 to 3,
as its head says; `second.tsv` keeps the grades of another reader, who read a fifth of the queries without seeing the
first.

How it is kept. Queries, grades and the split (`queries.list_held_out`: by a seeded hash, 30 % of each class) were
frozen before anyone tuned a ranking on them; a test holds their digests. Tuning looks at the train part only; the bars
are tested on the held-out part. What plain BM25 and later rankings show among their first ten and nobody had judged is
read in the same way, blind and for both parts alike, and added in `extension.tsv`; what was judged first never changes.

What it keeps: our queries, products' numbers (the EAN, or the shop's own) and grades; no text of any product. The
products are those of the sample files that JISHI_SAMPLE_DATA names.

`python -m tests.search.relevance SAMPLES` evaluates the train part and shows the worst queries; `./run bench relevance`
measures the held-out part.
"""
