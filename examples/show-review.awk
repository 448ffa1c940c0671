# Shows a review file (CSV with ',', ';' or tab; quoted cells may hold line breaks) on a terminal.
#   awk -v width=100 -v color=1 -f examples/show-review.awk review.csv
# Works with any awk, mawk too: everything is done on bytes, characters are counted by their first bytes.

function paint(code, text) { return color ? "\033[" code "m" text "\033[0m" : text }

# Characters of a UTF-8 text: its bytes without the continuation bytes (10xxxxxx).
function characters(text) { gsub(/[\200-\277]/, "", text); return length(text) }

# Prints `text` word by word, `indent` spaces in front, and `first` in place of the first line's last two.
function wrapped(text, indent, first,    n, i, words, line, prefix) {
  n = split(text, words, /[ \t\r\n]+/)
  prefix = sprintf("%" (indent - 2) "s%s", "", first)
  line = ""
  for (i = 1; i <= n; i++) {
    if (words[i] == "") continue
    if (line != "" && characters(line) + characters(words[i]) + 1 + indent > width) {
      print prefix line
      prefix = sprintf("%" indent "s", "")
      line = words[i]
    } else {
      line = line == "" ? words[i] : line " " words[i]
    }
  }
  if (line != "") print prefix line
}

function show(    verdict, mark, i, n, lines) {
  verdict = cell["is valid"]
  if (verdict == "YES") { mark = paint("32", "valid   "); valid++ }
  else if (verdict == "NO") { mark = paint("31", "INVALID "); invalid++ }
  else { mark = paint("33", "unjudged"); unjudged++ }
  printf "%4s  %s  %s  [%s]\n", cell["row number"], mark, cell["project name"], cell["status value"] == "" ? "-" : cell["status value"]
  if (verdict != "YES") {
    n = split(cell["issues"], lines, /\r?\n/)
    for (i = 1; i <= n; i++) {
      sub(/^(\342\200\242|-|\*)[ \t]*/, "", lines[i])  # the bullet
      if (lines[i] != "") wrapped(lines[i], 18, "- ")
    }
    if (verdict == "NO" && cell["rewrite suggestion"] != "") wrapped(cell["rewrite suggestion"], 18, "> ")
  }
}

function end_of_record(    i, name) {
  if (fields == 1 && field[1] == "") return
  if (!records++) {
    for (i = 1; i <= fields; i++) header[i] = tolower(field[i])
    return
  }
  for (i = 1; i <= fields; i++) cell[header[i]] = field[i]
  show()
}

BEGIN { if (width < 40) width = 100 }
NR == 1 {
  sub(/^\357\273\277/, "")  # byte order mark
  separator = index($0, ";") ? ";" : index($0, "\t") ? "\t" : ","
  sub(/^"?sep=.*/, "")
}
{
  if (!quoted) { fields = 1; field[1] = "" }
  else field[fields] = field[fields] "\n"
  line = $0
  while (line != "") {
    if (quoted) {
      at = index(line, "\"")
      if (!at) { field[fields] = field[fields] line; break }
      field[fields] = field[fields] substr(line, 1, at - 1)
      line = substr(line, at + 1)
      if (substr(line, 1, 1) == "\"") { field[fields] = field[fields] "\""; line = substr(line, 2) }
      else quoted = 0
    } else if (substr(line, 1, 1) == separator) {
      field[++fields] = ""
      line = substr(line, 2)
    } else if (substr(line, 1, 1) == "\"" && field[fields] == "") {
      quoted = 1
      line = substr(line, 2)
    } else {
      if (substr(line, 1, 1) != "\r") field[fields] = field[fields] substr(line, 1, 1)
      line = substr(line, 2)
    }
  }
  if (!quoted) end_of_record()
}
END { printf "\n%d valid, %d invalid, %d unjudged\n", valid, invalid, unjudged }
