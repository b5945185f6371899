#!/usr/bin/env node
// Checks that one entry is in a transparency log. One file, no dependency, no network; runs in Node from 20 on and in a browser.
//
//   node check-proof.mjs ENTRY-FILE PROOF-FILE VERIFIER-KEY [WITNESS-KEY ...] [--words DISCLOSURES-FILE] [--then FIRST-ENTRY-FILE FIRST-PROOF-FILE ...]
//
// After --words comes the file of salted texts (RFC 9901): it then says which words the entry committed to, or that they are others.
//
// A log lasts a year, and the next one begins with its last state. After --then come the first entry of the next year's log and its proof, year by
// year, so that a newer state, and whoever signed that, vouches for an old entry.
//
// It was written apart from the programs that make the log and shares nothing with them, so that one mistake is not made twice. The formats are
// C2SP signed-note v1.0.0, tlog-checkpoint v1.0.0, tlog-cosignature v1.0.1 (Ed25519) and tlog-proof v1; the hashes are RFC 6962's.
// This file may be copied and used by anybody for anything (CC0 1.0).

const MAX_TEXT = 1_000_000;

/**
 * `entry` is the exact bytes of the entry, `proof` the text of its receipt, `vkey` the log's key as it was published, `witnesses` keys of
 * whoever else may have signed. Resolves with what was proven, or with a word for why nothing was: `proof`, `key`, `signature`, `log`,
 * `entry`, `witness`.
 */
export async function checkProof({ entry, proof, vkey, witnesses = [] }) {
	const receipt = readProof(proof);
	if (!receipt) return { ok: false, why: 'proof' };
	const log = await readKey(vkey, 1);
	const others = await Promise.all(witnesses.map((key) => readKey(key, 4)));
	if (!log || others.includes(null)) return { ok: false, why: 'key' };
	const note = readNote(receipt.checkpoint);
	const checkpoint = note && readCheckpoint(note.text);
	if (!checkpoint) return { ok: false, why: 'proof' };
	if (checkpoint.origin !== log.name) return { ok: false, why: 'log' };
	const own = note.lines.find((line) => line.name === log.name && line.id === log.id);
	if (!own || !(await signed(log, utf8(note.text), own.signature))) return { ok: false, why: 'signature' };
	const seen = [];
	for (const witness of others) {
		const line = note.lines.find((one) => one.name === witness.name && one.id === witness.id);
		if (!line) continue;
		const time = line.signature.length === 72 ? new DataView(line.signature.buffer).getBigUint64(0) : 0n;
		const message = utf8(`cosignature/v1\ntime ${time}\n${note.text}`);
		if (!(await signed(witness, message, line.signature.slice(8)))) return { ok: false, why: 'witness' };
		seen.push({ name: witness.name, time: Number(time) });
	}
	const root = await climb(entry, receipt, checkpoint.size);
	if (root !== checkpoint.root) return { ok: false, why: 'entry' };
	const { origin, size } = checkpoint;
	return { ok: true, origin, size, index: receipt.index, root, witnesses: seen };
}

/**
 * Checks an entry, and that the years after it go on from there. `later` has, for each year in turn, `entry`, the bytes of the first entry of that
 * year's log, and `proof`, its receipt. Witnesses are looked for under the newest state. `why` may also be `year`.
 */
export async function checkYears({ entry, proof, vkey, witnesses = [], later }) {
	const verdict = await checkProof({ entry, proof, vkey, witnesses: later.length === 0 ? witnesses : [] });
	let [last, key] = [verdict, vkey];
	for (const [n, year] of later.entries()) {
		if (!last.ok) return last;
		const linked = readNote(new TextDecoder().decode(year.entry));
		const state = linked && readCheckpoint(linked.text);
		const receipt = readProof(year.proof);
		const origin = receipt && readCheckpoint(readNote(receipt.checkpoint)?.text ?? '')?.origin;
		const own = await readKey(key, 1);
		const line = linked?.lines.find((one) => one.name === own.name && one.id === own.id);
		const same = state?.origin === last.origin && state.size === last.size && state.root === last.root;
		if (!origin || !same || !isLater(last.origin, origin) || !line) return { ok: false, why: 'year' };
		if (!(await signed(own, utf8(linked.text), line.signature))) return { ok: false, why: 'year' };
		key = await renamedKey(key, origin);
		const asked = n === later.length - 1 ? witnesses : [];
		last = await checkProof({ ...year, vkey: key, witnesses: asked });
		if (last.ok && last.index !== 0) return { ok: false, why: 'year' };
	}
	if (!last.ok) return last;
	const newest = { origin: last.origin, size: last.size, root: last.root };
	return { ...verdict, witnesses: last.witnesses, newest };
}

/**
 * The texts that an entry committed to when it was logged: [name, value] of each disclosure of `words`, the text of a file of them. Null when one of them is not committed to. Where the
 * entry stands for a sealed one, the first disclosure is that one as a whole.
 */
export async function checkWords({ entry, words }) {
	const given = parse(words)?.disclosures;
	let committed = parse(new TextDecoder().decode(entry))?._sd;
	if (!Array.isArray(given) || !Array.isArray(committed)) return null;
	const texts = [];
	for (const [n, disclosure] of given.entries()) {
		if (typeof disclosure !== 'string' || !/^[A-Za-z0-9_-]+$/.test(disclosure)) return null;
		const digest = base64url(await sha256([utf8(disclosure)]));
		const parts = parse(new TextDecoder().decode(bytesOfUrl(disclosure)));
		if (!committed.includes(digest) || !Array.isArray(parts) || parts.length !== 3) return null;
		const [, name, value] = parts;
		if (typeof name !== 'string' || typeof value !== 'string') return null;
		if (n === 0 && name === 'entry') {
			committed = parse(value)?._sd;
			if (!Array.isArray(committed)) return null;
		} else if (texts.some(([other]) => other === name)) return null;
		else texts.push([name, value]);
	}
	return texts;
}

function parse(text) {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

function base64url(bytes) {
	return base64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function bytesOfUrl(text) {
	const plain = text.replaceAll('-', '+').replaceAll('_', '/');
	if (plain.length % 4 === 1) return new Uint8Array();
	return Uint8Array.from(atob(plain.padEnd(Math.ceil(plain.length / 4) * 4, '=')), (sign) =>
		sign.charCodeAt(0),
	);
}

/** Is the second the log of a later year of the same place? */
function isLater(origin, next) {
	const [a, b] = [origin, next].map((name) => /^(.+\/)([1-9]\d{3})$/.exec(name));
	return Boolean(a && b && a[1] === b[1] && Number(a[2]) < Number(b[2]));
}

/** The verifier key of the same key under another name. */
async function renamedKey(vkey, name) {
	const base = String(vkey).trim().split('+').slice(2).join('+');
	const id = hex((await sha256([utf8(`${name}\n`), bytesOf(base)])).slice(0, 4));
	return `${name}+${id}+${base}`;
}

/** The root that entry and proof lead to, in base64; null when they cannot belong to a tree of that size. */
async function climb(entry, { index, hashes }, size) {
	if (index >= size) return null;
	let hash = await sha256([Uint8Array.of(0), entry]);
	// `last` is the last place of a level: a place that is last and even has no sibling there.
	let [place, last] = [index, size - 1];
	for (const sibling of hashes) {
		while (place === last && place % 2 === 0 && last > 0) [place, last] = [place / 2, Math.floor(last / 2)];
		if (last === 0) return null;
		hash = await sha256(
			place % 2 === 1 ? [Uint8Array.of(1), sibling, hash] : [Uint8Array.of(1), hash, sibling],
		);
		[place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
	}
	while (place === last && place % 2 === 0 && last > 0) [place, last] = [place / 2, Math.floor(last / 2)];
	return last === 0 ? base64(hash) : null;
}

function readProof(text) {
	if (typeof text !== 'string' || text.length > MAX_TEXT) return null;
	const end = text.indexOf('\n\n');
	const [head, ...lines] = end < 0 ? [] : text.slice(0, end).split('\n');
	if (head !== 'c2sp.org/tlog-proof@v1') return null;
	if (lines[0]?.startsWith('extra ')) lines.shift();
	const index = Number(/^index (0|[1-9]\d*)$/.exec(lines.shift() ?? '')?.[1] ?? Number.NaN);
	const hashes = lines.map(bytesOf);
	if (!Number.isSafeInteger(index) || hashes.length > 63 || hashes.some((hash) => hash?.length !== 32))
		return null;
	return { index, hashes, checkpoint: text.slice(end + 2) };
}

function readNote(note) {
	const end = note.lastIndexOf('\n\n');
	// biome-ignore lint/suspicious/noControlCharactersInRegex: a note has none but newlines, and that is what is asked.
	if (end < 0 || !note.endsWith('\n') || /[\u0000-\u0009\u000b-\u001f]/.test(note) || !note.isWellFormed())
		return null;
	const lines = note
		.slice(end + 2, -1)
		.split('\n')
		.map((line) => {
			const [, name, signature] = /^— (\S+) (\S+)$/.exec(line) ?? [];
			const bytes = signature ? bytesOf(signature) : null;
			return (
				bytes &&
				bytes.length > 4 &&
				!name.includes('+') && { name, id: hex(bytes.slice(0, 4)), signature: bytes.slice(4) }
			);
		});
	return lines.length <= 100 && lines.every(Boolean) ? { text: note.slice(0, end + 1), lines } : null;
}

function readCheckpoint(text) {
	const [origin, size, root, ...more] = text.split('\n');
	if (!origin || !/^(0|[1-9]\d*)$/.test(size ?? '') || !Number.isSafeInteger(Number(size))) return null;
	if (bytesOf(root ?? '')?.length !== 32 || more.at(-1) !== '' || more.slice(0, -1).includes('')) return null;
	return { origin, size: Number(size), root };
}

/** A verifier key of the given signature type: its name, its id, and the key itself. Null when it is none. */
async function readKey(vkey, type) {
	const [, name, id, base] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(String(vkey).trim()) ?? [];
	const bytes = base ? bytesOf(base) : null;
	if (bytes?.length !== 33 || bytes[0] !== type) return null;
	if (hex((await sha256([utf8(`${name}\n`), bytes])).slice(0, 4)) !== id) return null;
	return {
		name,
		id,
		key: await crypto.subtle.importKey('raw', bytes.slice(1), 'Ed25519', false, ['verify']),
	};
}

async function signed({ key }, message, signature) {
	return signature.length === 64 && crypto.subtle.verify('Ed25519', key, signature, message);
}

async function sha256(parts) {
	return new Uint8Array(await crypto.subtle.digest('SHA-256', await new Blob(parts).arrayBuffer()));
}

function utf8(text) {
	return new TextEncoder().encode(text);
}

function hex(bytes) {
	return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function base64(bytes) {
	return btoa(String.fromCharCode(...bytes));
}

/** The bytes of a text in base64; null unless the text is exactly what base64 of those bytes is. */
function bytesOf(text) {
	if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return null;
	const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
	return base64(bytes) === text ? bytes : null;
}

const WHY = {
	proof: 'This is not a proof of a transparency log.',
	key: 'This is not a verifier key.',
	signature: 'The log did not sign this.',
	log: 'This proof is of another log than the key.',
	entry: 'The proof does not lead from this entry to the root that the log signed.',
	witness: 'The signature of a witness is wrong.',
	words: 'These are not the words that this entry committed to.',
	year: 'The year after does not begin with the state that this receipt is of. Get the receipt anew, and check again.',
};

async function main(words) {
	const then = words.indexOf('--then');
	const before = then < 0 ? [...words] : words.slice(0, then);
	const at = before.indexOf('--words');
	const [, wordsFile] = at < 0 ? [] : before.splice(at, 2);
	const [entryFile, proofFile, vkey, ...witnesses] = before;
	const files = then < 0 ? [] : words.slice(then + 1).filter((word) => word !== '--then');
	const lost = (at >= 0 && !wordsFile) || (then >= 0 && files.length === 0);
	if (!vkey || files.length % 2 === 1 || lost) {
		console.error(
			'Give three things: the file of the entry, the file of its proof, and the key of the log. After --words comes the file of its texts, after --then two files for each year.',
		);
		return 2;
	}
	const { readFile } = await import('node:fs/promises');
	const read = async (entry, proof) => ({
		entry: await readFile(entry),
		proof: await readFile(proof, 'utf8'),
	});
	const later = [];
	for (let n = 0; n < files.length; n += 2) later.push(await read(files[n], files[n + 1]));
	const verdict = await checkYears({ ...(await read(entryFile, proofFile)), vkey, witnesses, later });
	if (!verdict.ok) {
		console.error(`NOT PROVEN. ${WHY[verdict.why]}`);
		return 1;
	}
	const texts = wordsFile
		? await checkWords({ entry: await readFile(entryFile), words: await readFile(wordsFile, 'utf8') })
		: [];
	if (!texts) {
		console.error(`NOT PROVEN. ${WHY.words}`);
		return 1;
	}
	const { index, size, origin, root } = verdict;
	console.log(`PROVEN. Entry ${index} of ${size} in ${origin}, root ${root}`);
	if (later.length > 0) {
		const { newest } = verdict;
		console.log(`Carried on to ${newest.size} entries in ${newest.origin}, root ${newest.root}`);
	}
	for (const { name, time } of verdict.witnesses) {
		console.log(`Also signed by ${name}, ${new Date(time * 1000).toISOString().slice(0, 10)}`);
	}
	for (const [name, value] of texts) console.log(`It committed to the words of ${name}:\n${value}`);
	return 0;
}

// Only when this file itself is run: a page or a program that takes the function in wants nothing printed.
if (globalThis.process?.argv?.[1]?.endsWith('check-proof.mjs'))
	process.exitCode = await main(process.argv.slice(2));
