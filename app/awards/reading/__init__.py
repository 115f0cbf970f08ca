"""Reading: what a file from outside is, found out in a process of its own and never in the one that serves.

A file may be anything: a certificate as issued, saved again, printed, scanned; one with a fact changed; a bomb. Here it
is taken apart by large C libraries, under limits, and what was found is told in plain values (`findings`). What that
means is decided by whoever asked, in few lines without any library (`judging`).

    room.py       the processes, as seen from whoever asks       child.py, confines.py  what runs in them
    kinds.py      what a file says it is                         zips.py, pictures.py   zips; images, and their QR codes
    structure.py, unpacking.py                                   what a PDF is built of
    painting.py, instructions.py, grammar.py                     how it is painted
    outlines.py, meanings.py                                     with which letters
    leaves.py, papers.py                                         its pages: text and look
    fields.py     which words are which fact                     originals.py           what files are held against
    comparing.py, by_words.py, by_look.py, attached.py           a page and its original, side by side
    wordwise.py, aligning.py, look.py                            how texts, places and pictures are compared
    seals.py      the seal of a PDF
"""
