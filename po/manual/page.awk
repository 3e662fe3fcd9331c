# The manual pages in other languages, paragraph by paragraph, as gettext has
# sentences: a paragraph is what stands between two of mdoc's block macros,
# with its own macros in it.  Knows mdoc's blocks and PO files, and where lines
# of Chinese may be broken.  Any awk does; LC_ALL is C, for characters are bytes
# here:
#
#	awk -v job=extract -f page.awk PAGE...	the template, a POT file
#	awk -v job=page -f page.awk PO PAGE	the page
#	awk -v job=check -f page.awk PO PAGE...	complaints, and how much is translated
#
# A paragraph that was changed has no translation any more: the page says in
# English what it says, and never what was true before.
#
# A translation is mdoc, too.  Between a line of text and a macro stands a
# blank, except beside punctuation of full width.

BEGIN {
	count = split("Fl Cm Ic Ev Pa Xr Li", names, " ")
	for (i = 1; i <= count; i++)
		literal[names[i]] = 1
	count = split("， 。 、 ； ： ？ ！", names, " ")
	for (i = 1; i <= count; i++)
		stopping[names[i]] = closing[names[i]] = 1
	count = split("） ”", names, " ")
	for (i = 1; i <= count; i++)
		closing[names[i]] = 1
	count = split("（ “", names, " ")
	for (i = 1; i <= count; i++)
		opening[names[i]] = 1
	if (job == "page")
		print ".\\\" Made by po/manual/page.awk: to change it, change the English page or the PO file."
	if (job == "extract")
		print "msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\n\"\n"
}

# ---- PO files

function unquoted(s,	out, c, i) {
	sub(/^[^"]*"/, "", s)
	sub(/"[ \t]*$/, "", s)
	out = ""
	for (i = 1; i <= length(s); i++) {
		c = substr(s, i, 1)
		if (c == "\\") {
			c = substr(s, ++i, 1)
			c = c == "n" ? "\n" : c == "t" ? "\t" : c
		}
		out = out c
	}
	return out
}

function quoted(s,	out, c, i) {
	out = index(s, "\n") > 0 ? "\"\"\n\"" : "\""
	for (i = 1; i <= length(s); i++) {
		c = substr(s, i, 1)
		out = out (c == "\n" ? "\\n\"\n\"" : c == "\\" || c == "\"" ? "\\" c : c)
	}
	return out "\""
}

function entry_end() {
	if (id != "" && text != "" && !fuzzy)
		translation[id] = text
	id = text = part = ""
	fuzzy = 0
}

job != "extract" && FNR == NR {
	if ($0 ~ /^(#|$)/ && part != "")
		entry_end()
	if ($0 ~ /^#,.*fuzzy/)
		fuzzy = 1
	else if ($0 ~ /^msgid /) {
		part = "id"
		id = unquoted($0)
	} else if ($0 ~ /^msgstr /) {
		part = "str"
		text = unquoted($0)
	} else if ($0 ~ /^"/ && part == "id")
		id = id unquoted($0)
	else if ($0 ~ /^"/ && part == "str")
		text = text unquoted($0)
	next
}

# ---- pages

FNR == 1 {
	entry_end()
	paragraph_end()
}

/^\.Ed/ {
	paragraph_end()
	literally = 0
	copy($0)
	next
}
literally {
	add($0)
	next
}
/^\.Bd/ {
	paragraph_end()
	literally = 1
	copy($0)
	next
}
/^\.(Sh|Ss|Nd) / {
	paragraph_end()
	add($0)
	paragraph_end()
	next
}
/^\.(It|Dl) / {
	paragraph_end()
	if (has_words($0)) {
		add($0)
		paragraph_end()
	} else
		copy($0)
	next
}
/^\.(\\"|Dd|Dt|Os|Bl|El|It|Pp)/ {
	paragraph_end()
	copy($0)
	if ($0 ~ /^\.Os/)
		define_gap()
	next
}
{ add($0) }

END {
	paragraph_end()
	if (job == "check") {
		print said + 0 " of " said + unsaid " paragraphs are translated"
		exit (faults > 0)
	}
}

# What a reader types is the same everywhere; headings and names of arguments aren't.
function has_words(line) {
	if (line ~ /^\.Dl/)
		return line !~ /^\.Dl [$#] / && line ~ / Ar /
	return line ~ / Ar / || line !~ /^\.It ((Fl|Cm|Ic|Ev|Pa|Li) |[^A-Za-z]*$)/
}

function copy(line) {
	if (job == "page")
		print line
}

function add(line) {
	paragraph = paragraph == "" ? line : paragraph "\n" line
}

function paragraph_end(	p) {
	p = paragraph
	paragraph = ""
	if (p == "")
		return
	if (job == "extract" && !(p in extracted)) {
		extracted[p] = 1
		print "msgid " quoted(p) "\nmsgstr \"\"\n"
	} else if (job == "page") {
		if (!(p in translation))
			print p
		else if (literally || p ~ /^\.(Sh|Ss|Nd|It|Dl|Nm\n\.Op) ?/)
			print translation[p]
		else
			set(translation[p])
	} else if (job == "check")
		judge(p)
}

function judge(p,	first) {
	first = substr(p, 1, 90)
	gsub(/\n/, " ", first)
	if (!(p in translation)) {
		unsaid++
		print "in English: " first
		return
	}
	said++
	if (p ~ /^\.(Sh|Ss|Nd|It|Dl) / && (substr(p, 1, 4) != substr(translation[p], 1, 4) || translation[p] ~ /\n/)) {
		faults++
		print "not a heading any more: " first "\n\t" translation[p]
	}
	if (literals(p) != literals(translation[p])) {
		faults++
		print "other literals: " first "\n\t" literals(p) "\n\t" literals(translation[p])
	}
}

# "Fl r, Fl w", sorted: what is typed or looked up, which is the same in every language.
function literals(p,	lines, words, n, m, i, j, macro, list, found, out, swap) {
	n = split(p, lines, "\n")
	found = 0
	for (i = 1; i <= n; i++) {
		macro = ""
		m = lines[i] ~ /^\./ ? split(substr(lines[i], 2), words, " ") : 0
		for (j = 1; j <= m; j++) {
			if (words[j] ~ /^[A-Z][a-z]$/)
				macro = words[j]
			else if (macro in literal && words[j] !~ /^[,.;:()|]$/)
				list[++found] = macro " " words[j]
		}
	}
	for (i = 2; i <= found; i++)
		for (j = i; j > 1 && list[j] < list[j - 1]; j--) {
			swap = list[j]
			list[j] = list[j - 1]
			list[j - 1] = swap
		}
	out = ""
	for (i = 1; i <= found; i++)
		out = out (i > 1 ? ", " : "") list[i]
	return out
}

# ---- lines of Chinese

# Where there is no blank, "\:" says that a line may be broken.  mandoc breaks at blanks only, so that it gets some: behind
# punctuation.  It doesn't know the register, which is groff's version.
function define_gap() {
	if (job == "page")
		print ".ie \\n(.x .ds gap \\:\n.el .ds gap \" \\&"
}

function set(p,	lines, n, i, next_line, line, tail, mark) {
	n = split(p, lines, "\n")
	line = tail = ""
	for (i = 1; i <= n; i++) {
		next_line = lines[i]
		mark = tail == "" ? " " : joint(last_of(lines[i - 1]), first_of(text_of(next_line)))
		if (mark == " " || next_line ~ /^\./ && tail == "macro" || line ~ /^\.[A-Z]q /) {
			if (line != "")
				print line
			tail = next_line ~ /^\./ ? "macro" : "text"
			line = tail == "macro" ? next_line : breakable(next_line)
		} else if (next_line ~ /^\./) {
			line = tail == "text" ? ".No \"" line mark "\"" : substr(line, 1, length(line) - 1) mark "\""
			line = line " Ns " substr(next_line, 2)
			tail = "macro"
		} else if (tail == "text")
			line = line mark breakable(next_line)
		else {
			line = tail == "macro" ? line " Ns \"" : substr(line, 1, length(line) - 1)
			line = line mark breakable(next_line) "\""
			tail = "quoted"
		}
	}
	print line
}

# What stands between two characters where pieces meet: a blank, nothing, or where a line may be broken.
function joint(before, after) {
	if (before in opening || after in closing)
		return ""
	if (before in stopping)
		return "\\*[gap]"
	if (before in closing || after in opening || is_ideograph(before) && is_ideograph(after))
		return "\\:"
	return " "
}

function breakable(line,	i, c, before, mark, out) {
	out = before = ""
	for (i = 1; i <= length(line); i += length(c)) {
		c = first_of(substr(line, i, 4))
		mark = before == "" || before == " " || c == " " ? "" : joint(before, c)
		out = out (mark == " " ? "" : mark) c
		before = c
	}
	return out
}

function text_of(line) {
	sub(/^\.[A-Z][a-z] /, "", line)
	return line
}

function first_of(s,	c) {
	c = substr(s, 1, 1)
	return substr(s, 1, c < "\200" ? 1 : c < "\340" ? 2 : c < "\360" ? 3 : 4)
}

function last_of(s) {
	return s ~ /[^ -~]$/ ? substr(s, length(s) - 2) : substr(s, length(s))
}

function is_ideograph(c) {
	return length(c) == 3 && c >= "\343"
}
