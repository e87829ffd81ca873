"""How text becomes tokens: once, by us, the same for every engine and for PostgreSQL.

`text` cleans and cuts any text and is cheap to load; `chinese` adds the words of a dictionary (33 MB) and is loaded
only where text is indexed or searched. No Django here.
"""
