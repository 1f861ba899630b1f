"use strict";

/** Throw a TypeError for an option that does not exist. */
function refuseUnknown(options, known) {
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw new TypeError(`there is no option ${name}; there are ${known.join(", ")}`);
  }
}

module.exports = { refuseUnknown };
