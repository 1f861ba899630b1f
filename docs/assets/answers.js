// The field above the table of the API's answers. It compares as `msglint explain` does (validator/rules/search.py): by
// words and by pairs of words, the rarer the heavier, whatever differs from answer to answer.

const HOLE = "0"

function words(text) {
  return (text.toLowerCase().match(/[\p{L}_][\p{L}\p{N}_]*|\p{N}+/gu) || []).map((word) => /^\p{N}/u.test(word) ? HOLE : word)
}

function runs(list) {
  const pairs = list.slice(1).map((word, n) => `${list[n]} ${word}`)
  return new Set([...list, ...pairs].filter((run) => !run.split(" ").includes(HOLE)))
}

function shared(some, others) {
  return new Set([...some].filter((run) => others.has(run)))
}

/** Make a function that finds the numbers of those of `messages` that a text speaks of, the best first. */
function finder(messages) {
  const wordings = messages.map((message) => {
    const [place] = message.match(/^(?:\{\w+\}|[\w.]+): /) || [""]
    const rest = message.slice(place.length)
    const clues = [...rest.matchAll(/'([^'\s]*)'/g)].map((quoted) => quoted[1])
    if (!/(?<!^tools)\.\d|\{/.test(place)) clues.push(place)
    const own = runs(words(rest.replace(/\{\w+\}|…|'[^'\s]*'/g, ` ${HOLE} `)))
    const bare = place && !own.size ? new RegExp(`(?<![\\w.])${place.replaceAll(".", "\\.")}\\S`, "i") : null
    return { message, runs: bare ? runs(words(place)) : own, clues: runs(words(clues.join(" "))), bare }
  })
  const times = new Map()
  for (const wording of wordings) {
    for (const run of new Set([...wording.runs, ...wording.clues])) times.set(run, (times.get(run) || 0) + 1)
  }
  const weigh = (set) => [...set].reduce((sum, run) => sum + Math.log(1 + wordings.length / (times.get(run) || Infinity)), 0)
  const includes = (set, other) => [...other].every((run) => set.has(run))
  const beats = (one, other) => {
    if (one.complete && other.wording.bare && !one.wording.bare) return true
    if (!includes(one.both, other.both)) return false
    return one.both.size > other.both.size || (one.complete && !other.complete)
  }
  return (text) => {
    const list = words(text.slice(0, 200000).replace(/\\+(?:u[0-9a-fA-F]{4}|[nrt])?/g, " "))
    const given = runs(list)
    const strange = [...new Set(list)].filter((word) => !times.has(word) && /^\p{L}+$/u.test(word)).length
    const whole = Math.log(1 + wordings.length) * strange + weigh(given)
    let found = wordings.map((wording, number) => {
      const both = shared(wording.runs, given)
      const weight = weigh(both)
      const total = weight + weigh(shared(wording.clues, given))
      const complete = weight / weigh(wording.runs) >= 0.85
      const fits = weight > 0 && (!wording.bare || wording.bare.test(text)) && (complete || total / whole >= 0.75)
      return { wording, number, both, total, complete, fits }
    }).filter((hit) => hit.fits)
    if (!found.length && text.length >= 3) {
      found = wordings.map((wording, number) => ({ wording, number, both: new Set(), total: 0, complete: false }))
        .filter((hit) => hit.wording.message.toLowerCase().includes(text.toLowerCase()))
    }
    return found.filter((hit) => !found.some((other) => beats(other, hit)))
      .sort((one, other) => other.total - one.total).map((hit) => hit.number)
  }
}

function start() {
  const table = document.getElementById("answers")
  const field = document.getElementById("answer")
  if (!table || !field) return
  const rows = [...table.tBodies[0].rows]
  const find = finder(rows.map((row) => row.dataset.message))
  const count = document.getElementById("answer-count")
  const show = () => {
    const text = field.value.trim()
    const shown = text ? find(text).map((number) => rows[number]) : rows
    for (const row of rows) row.hidden = true
    for (const row of shown) row.hidden = false
    table.tBodies[0].append(...(text ? shown : rows))
    count.textContent = text ? (shown.length ? `${shown.length} of ${rows.length}` : "no rule has a message like that") : ""
    history.replaceState(null, "", text ? `#${encodeURIComponent(text)}` : location.pathname)
  }
  field.hidden = false
  field.addEventListener("input", show)
  if (location.hash) {
    field.value = decodeURIComponent(location.hash.slice(1))
    show()
  }
}

if (typeof document !== "undefined") start()
if (typeof module !== "undefined") module.exports = { finder }
