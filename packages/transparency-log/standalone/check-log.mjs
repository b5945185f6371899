#!/usr/bin/env node
// Checks a whole year of a transparency log that you downloaded. One file, no dependency, no network; needs Node from 20 on.
//
//   node check-log.mjs FOLDER VERIFIER-KEY [--since CHECKPOINT-FILE ...] [--witness KEY ...] [--need COUNT]
//
// Every entry is hashed anew. Then each tile of the folder, the root that the log signed, the checkpoints that you kept, and the signatures of
// the witnesses that you name are held against that. A log that was edited, shortened, put in another order or made anew does not stand it.
//
// It was written apart from the programs that make the log and shares nothing with them, so that one mistake is not made twice. The formats are
// C2SP tlog-tiles, signed-note v1.0.0, tlog-checkpoint v1.0.0 and tlog-cosignature v1.0.1 (Ed25519); the hashes are RFC 6962's.
// This file may be copied and used by anybody for anything (CC0 1.0).
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const WIDTH = 256;

/**
 * `read` gives the bytes of a file of the log by its path, or null. `since` are bytes of checkpoints, `witnesses` verifier keys, of which
 * `need` must have signed. Resolves with what the log is, or with a sentence for what is wrong.
 */
export async function checkLog({ read, vkey, since = [], witnesses = [], need = 0 }) {
	const log = readKey(vkey, 1);
	const others = witnesses.map((key) => readKey(key, 4));
	if (!log || others.includes(null)) return wrong('This is not a verifier key.');
	const now = readCheckpoint(await read('checkpoint'), log);
	if (!now) return wrong('The checkpoint is missing, of another log, or not signed by this key.');

	const leaves = [];
	for (let at = 0; at < now.size; at += WIDTH) {
		const wanted = Math.min(WIDTH, now.size - at);
		const path = pathOf('entries', at / WIDTH, wanted);
		const entries = unpack(await read(path));
		if (entries?.length !== wanted) return wrong(`${path} is missing or damaged.`);
		leaves.push(...entries.map((entry) => sha256([0], entry)));
	}

	let level = leaves;
	for (let height = 0; level.length > 0; height++) {
		const above = [];
		for (let at = 0; at < level.length; at += WIDTH) {
			const hashes = level.slice(at, at + WIDTH);
			const path = pathOf(height, at / WIDTH, hashes.length);
			const tile = await read(path);
			if (!tile || !Buffer.concat(hashes).equals(tile))
				return wrong(`${path} is missing, or is not what the entries give.`);
			if (hashes.length === WIDTH) above.push(rootOf(hashes));
		}
		level = above;
	}

	if (!rootOf(leaves).equals(now.root)) return wrong('The entries do not give the root that the log signed.');
	for (const text of since) {
		const then = readCheckpoint(text, log);
		if (!then) return wrong('A checkpoint that you kept is of another log, or not signed by this key.');
		if (then.size > leaves.length)
			return wrong(`The log has ${leaves.length} entries, and had ${then.size} before.`);
		if (!rootOf(leaves.slice(0, then.size)).equals(then.root))
			return wrong(`The first ${then.size} entries are not those of the checkpoint that you kept.`);
	}
	const seen = [];
	for (const witness of others) {
		const line = now.lines.find(({ name, id }) => name === witness.name && id === witness.id);
		if (!line) continue;
		const time = line.signature.length === 72 ? line.signature.readBigUInt64BE(0) : 0n;
		const message = `cosignature/v1\ntime ${time}\n${now.text}`;
		if (!signed(witness, message, line.signature.subarray(8)))
			return wrong(`The signature of ${witness.name} is wrong.`);
		seen.push({ name: witness.name, time: Number(time) });
	}
	if (seen.length < need) return wrong(`${seen.length} of these witnesses signed, and you ask for ${need}.`);
	return { ok: true, origin: log.name, size: now.size, root: now.root.toString('base64'), witnesses: seen };
}

function wrong(reason) {
	return { ok: false, reason };
}

/** The root over hashes, by the largest power of two that leaves something for the right side (RFC 6962 section 2.1). */
function rootOf(hashes) {
	if (hashes.length === 0) return createHash('sha256').digest();
	if (hashes.length === 1) return hashes[0];
	let left = 1;
	while (left * 2 < hashes.length) left *= 2;
	return sha256([1], rootOf(hashes.slice(0, left)), rootOf(hashes.slice(left)));
}

function sha256(mark, ...parts) {
	const hash = createHash('sha256').update(Uint8Array.from(mark));
	for (const part of parts) hash.update(part);
	return hash.digest();
}

/** `tile/<level>/<index>`, the index in threes (`x001/234`), and `.p/<width>` where it is not full. */
function pathOf(level, index, width) {
	const threes = [];
	for (let rest = index; threes.length === 0 || rest > 0; rest = Math.floor(rest / 1000))
		threes.unshift(String(rest % 1000).padStart(3, '0'));
	const last = threes.pop();
	const folders = threes.map((three) => `x${three}/`).join('');
	return `tile/${level}/${folders}${last}${width < WIDTH ? `.p/${width}` : ''}`;
}

/** The entries of a bundle, each after its length in two bytes; null when it does not come out even. */
function unpack(bundle) {
	if (!bundle) return null;
	const entries = [];
	let at = 0;
	while (at + 2 <= bundle.length) {
		const end = at + 2 + bundle.readUInt16BE(at);
		if (end > bundle.length) return null;
		entries.push(bundle.subarray(at + 2, end));
		at = end;
	}
	return at === bundle.length ? entries : null;
}

/** A checkpoint of this log, signed by its key; null when it is anything else. */
function readCheckpoint(bytes, log) {
	const note = bytes?.toString('utf8') ?? '';
	const end = note.lastIndexOf('\n\n');
	if (end < 0 || !note.endsWith('\n') || !Buffer.from(note, 'utf8').equals(bytes)) return null;
	const text = note.slice(0, end + 1);
	const lines = note
		.slice(end + 2, -1)
		.split('\n')
		.map(readLine);
	const [origin, size, root, ...more] = text.split('\n');
	const hash = bytesOf(root ?? '');
	if (lines.includes(null) || origin !== log.name || !/^(0|[1-9]\d{0,14})$/.test(size ?? '')) return null;
	if (hash?.length !== 32 || more.at(-1) !== '' || more.slice(0, -1).includes('')) return null;
	const own = lines.find(({ name, id }) => name === log.name && id === log.id);
	if (!own || !signed(log, text, own.signature)) return null;
	return { text, lines, size: Number(size), root: hash };
}

/** A signature line of a note: whose, by name and id, and the signature. */
function readLine(line) {
	const [, name, base] = /^— ([^\s+]+) (\S+)$/.exec(line) ?? [];
	const bytes = base ? bytesOf(base) : null;
	if (!bytes || bytes.length < 5) return null;
	return { name, id: bytes.subarray(0, 4).toString('hex'), signature: bytes.subarray(4) };
}

/** A verifier key of the given type: 1 signs logs, 4 cosigns. Null when it is none. */
function readKey(vkey, type) {
	const [, name, id, base] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(String(vkey).trim()) ?? [];
	const bytes = base ? bytesOf(base) : null;
	if (bytes?.length !== 33 || bytes[0] !== type) return null;
	if (createHash('sha256').update(`${name}\n`).update(bytes).digest('hex').slice(0, 8) !== id) return null;
	const x = bytes.subarray(1).toString('base64url');
	return { name, id, key: createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }) };
}

function signed({ key }, message, signature) {
	return signature.length === 64 && verify(null, Buffer.from(message, 'utf8'), key, signature);
}

/** The bytes of a text in base64; null unless the text is exactly what base64 of those bytes is. */
function bytesOf(text) {
	const bytes = Buffer.from(text, 'base64');
	return bytes.toString('base64') === text ? bytes : null;
}

async function main(words) {
	const given = { plain: [], '--since': [], '--witness': [], '--need': [] };
	let list = given.plain;
	for (const word of words) {
		if (word.startsWith('--')) list = given[word];
		else list?.push(word);
		if (!list) break;
	}
	const [folder, vkey, ...more] = given.plain;
	const need = Number(given['--need'][0] ?? 0);
	if (!list || !vkey || more.length > 0 || !(need >= 0 && need <= given['--witness'].length)) {
		console.error(
			'Give the folder and the key of the log. After --since come files of checkpoints that you kept, after --witness keys of witnesses, and after --need how many of them must have signed.',
		);
		return 2;
	}
	const read = (path) => readFile(join(folder, path)).catch(() => null);
	const since = await Promise.all(given['--since'].map((file) => readFile(file)));
	const found = await checkLog({ read, vkey, since, witnesses: given['--witness'], need });
	if (!found.ok) {
		console.error(`NOT PROVEN. ${found.reason}`);
		return 1;
	}
	console.log(`SOUND. ${found.size} entries in ${found.origin}, root ${found.root}`);
	for (const { name, time } of found.witnesses)
		console.log(`Also signed by ${name}, ${new Date(time * 1000).toISOString().slice(0, 10)}`);
	return 0;
}

// Only when this file itself is run: a program that takes the function in wants nothing printed.
if (process.argv[1]?.endsWith('check-log.mjs')) process.exitCode = await main(process.argv.slice(2));
