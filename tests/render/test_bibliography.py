"""refs.bib and the citations of the code name the same works."""

from __future__ import annotations

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.frames.catalog import FRAMES
from boundcalc.frames.weighted import DESIGNS
from boundcalc.language import sources
from boundcalc.language.claims import Citation
from boundcalc.render.bibliography import bibtex, entries, keys_of, thebibliography

CITED = {value.key: value for value in vars(sources).values() if isinstance(value, Citation)}

MARKS = str.maketrans("", "", "${}")
"""What BibTeX needs around a formula or a capital letter."""


def test_every_citation_has_its_entry_and_the_reverse():
    assert set(entries()) == set(CITED)


def test_no_citation_is_declared_elsewhere():
    used = {key for bound in BOUNDS.values() for key in keys_of(bound)}
    used |= {design.source.key for design in DESIGNS} | {frame.source.key for frame in FRAMES if isinstance(frame.source, Citation)}
    assert used <= set(CITED)


def test_entries_agree_with_the_short_citations():
    for key, entry in entries().items():
        text = CITED[key].text
        assert entry.fields["year"] in text
        for author in entry.fields["author"].split(" and "):
            assert author.split(" ")[-1].replace("'", "") in text
        assert entry.fields["title"].translate(MARKS).lower() in text.lower()
        for name in ("volume", "pages"):
            assert entry.fields.get(name, "").replace("--", "-") in text


def test_a_wrong_title_would_be_seen():
    titles = [entry.fields["title"].translate(MARKS).lower() for entry in entries().values()]
    for key, citation in CITED.items():
        assert [title in citation.text.lower() for title in titles].count(True) == 1, key


def test_fields_are_complete():
    needed = {"article": {"journal", "volume"}, "book": {"publisher"}, "incollection": {"booktitle"}, "unpublished": {"note"}}
    for entry in entries().values():
        assert {"author", "title", "year"} | needed[entry.kind] <= set(entry.fields)


def test_bibtex_is_what_the_file_holds():
    assert bibtex(["Welch1974"]).startswith("@article{Welch1974,")
    assert bibtex().count("@") == len(CITED)
    assert thebibliography([]) == ""
    assert r"\bibitem{Welch1974} Lloyd R. Welch" in thebibliography(["Welch1974"])
