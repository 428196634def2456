// SPDX-License-Identifier: GPL-2.0
//
// TAP. The plan comes last, so output that was cut off has none and fails.
'use strict';

const assert = require('assert');

let n = 0;
let failed = 0;

function ok(good, description) {
	n++;
	if (!good)
		failed++;
	console.log(`${good ? '' : 'not '}ok ${n} - ${description}`);
	return !!good;
}

function is(got, want, description) {
	let same = true;

	try {
		assert.deepStrictEqual(got, want);
	} catch (e) {
		same = false;
	}
	if (!ok(same, description))
		console.log(`# got ${JSON.stringify(got)}\n` +
			`# want ${JSON.stringify(want)}`);
}

function done() {
	console.log(`1..${n}`);
	return n && !failed ? 0 : 1;
}

module.exports = { ok, is, done };
