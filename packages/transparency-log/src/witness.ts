import { createHash } from 'node:crypto';
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { cosign, readCosignatures } from './cosignature.ts';
import type { SigningKey } from './keys.ts';
import type { LogStorage } from './log.ts';
import { BadNote, formatVkey, isBy, lineOf, type NoteVerifier, openNote, readNote } from './note.ts';
import { HASH_SIZE, verifyConsistency } from './tree.ts';
import { verifierOfYear } from './year-link.ts';

/** What a witness answers (C2SP tlog-witness v1.0.0). */
export interface WitnessAnswer {
	readonly status: 200 | 400 | 403 | 404 | 409 | 422;
	readonly contentType: string;
	readonly body: string;
}

/**
 * A witness: it watches logs of others and signs that each only ever grew. A library that shows the council one history and the press another
 * cannot get both signed.
 */
export interface Witness {
	/** Its verifier key, type 0x04, for whoever wants to believe it. */
	readonly vkey: string;
	/** `POST <prefix>/add-checkpoint`: checks, keeps, then cosigns. What it answered 200 to survives a loss of power. */
	addCheckpoint(body: string): Promise<WitnessAnswer>;
	/** The last checkpoint of a log that it cosigned, with its cosignature; null for a log it does not watch or has not seen. */
	latest(origin: string): Promise<string | null>;
	/** The same by SHA-256 of the log's origin in hex (tlog-witness, monitoring). */
	latestByHash(hash: string): Promise<string | null>;
}

export interface WitnessParts {
	/** A schema-less URL that names it, `clerk.anytown.example/witness`. */
	readonly name: string;
	/** Used for nothing else: a cosignature does not name who makes it. */
	readonly key: SigningKey;
	/** Verifier keys of the logs it watches; several with one origin are keys of one log. Later years of a watched log are watched, too. */
	readonly logs: readonly NoteVerifier[];
	readonly storage: LogStorage;
	/** UTC milliseconds. */
	now(): number;
	/** Runs an act for a log as the only one anywhere; needed where several processes are one witness. Only for what the log has signed. */
	alone?(origin: string, act: () => Promise<void>): Promise<void>;
}

/** The longest request: 63 hashes and a checkpoint. */
export const MAX_REQUEST = 16_384;

/** Opens a witness over what it kept. One process at a time, whose owner holds a lock, unless `alone` sees to it. */
export function createWitness(parts: WitnessParts): Witness {
	const { name, key, logs, storage } = parts;
	const self: NoteVerifier = { name, key };
	// One request at a time for each log, so that looking and keeping are one act (tlog-witness, the race it describes).
	const turns = new Map<string, Promise<unknown>>();

	function inTurn<T>(origin: string, act: () => Promise<T>): Promise<T> {
		const turn = (turns.get(origin) ?? Promise.resolve()).then(act, act);
		turns.set(origin, turn);
		return turn;
	}

	async function kept(hash: string): Promise<{ checkpoint: Checkpoint; note: string } | null> {
		const bytes = await storage.read(`${hash}/checkpoint`);
		if (!bytes) return null;
		const note = bytes.toString('utf8');
		const checkpoint = parseCheckpoint(readNote(note).text);
		// Our own line shows that nobody put another checkpoint in its place.
		if (originHash(checkpoint.origin) !== hash || readCosignatures(note, [self]).length === 0) {
			throw new BadNote(`What this witness kept of ${checkpoint.origin} is not what it signed.`);
		}
		return { checkpoint, note };
	}

	async function judge(request: WitnessRequest, keys: readonly NoteVerifier[]): Promise<WitnessAnswer> {
		const { old, proof, note, checkpoint } = request;
		const last = (await kept(originHash(checkpoint.origin)))?.checkpoint ?? null;
		const size = last?.size ?? 0;
		if (old !== size) return conflict(size);
		if (size === checkpoint.size && last && !last.root.equals(checkpoint.root)) return conflict(size);
		if (!grewFrom(last, checkpoint, proof))
			return refused(422, 'The proof does not lead from the tree that was cosigned last to this one.');
		const { text, signatures } = readNote(note);
		const line = cosign(text, { name, key }, Math.floor(parts.now() / 1_000));
		// Of what came with it only the log's own lines are kept, so that nobody fills the file.
		const own = signatures.filter((one) => keys.some((log) => isBy(one, log, 'ed25519')));
		const whole = `${text}\n${own.map(lineOf).join('')}${line}`;
		await storage.write(pathOf(checkpoint.origin), Buffer.from(whole, 'utf8'));
		return { status: 200, contentType: 'text/plain; charset=utf-8', body: line };
	}

	return {
		vkey: formatVkey(self, 'cosignature'),
		async addCheckpoint(body) {
			const request = parseRequest(body);
			if (typeof request === 'string') return refused(400, request);
			const { origin, size } = request.checkpoint;
			const keys = logs.flatMap((log) => verifierOfYear(log, origin) ?? []);
			if (keys.length === 0) return refused(404, 'This witness does not watch that log.');
			if (!isSigned(request.note, keys)) return refused(403, 'The log did not sign this checkpoint.');
			if (request.old > size) return refused(400, 'The old size is larger than the new one.');
			let answer: WitnessAnswer | undefined;
			const act = async () => {
				answer = await judge(request, keys);
			};
			await inTurn(origin, () => (parts.alone ? parts.alone(origin, act) : act()));
			return answer!;
		},
		latest: async (origin) => (await kept(originHash(origin)))?.note ?? null,
		latestByHash: async (hash) => (/^[0-9a-f]{64}$/.test(hash) ? ((await kept(hash))?.note ?? null) : null),
	};
}

/** What a log sends to a witness. */
export interface WitnessRequest {
	/** Size of the tree that the witness cosigned last; 0 for a first time. */
	readonly old: number;
	/** Consistency proof from there (RFC 6962 section 2.1.2). */
	readonly proof: readonly Buffer[];
	/** The signed note of the new checkpoint. */
	readonly note: string;
	readonly checkpoint: Checkpoint;
}

/** The body of `add-checkpoint`. */
export function formatRequest({ old, proof, note }: Omit<WitnessRequest, 'checkpoint'>): string {
	return `old ${old}\n${proof.map((hash) => `${hash.toString('base64')}\n`).join('')}\n${note}`;
}

/** Reads a body; answers with a sentence when it is none. No signature is checked yet. */
function parseRequest(body: string): WitnessRequest | string {
	if (body.length > MAX_REQUEST) return 'This request is too long.';
	const end = body.indexOf('\n\n');
	const [first = '', ...lines] = end < 0 ? [] : body.slice(0, end).split('\n');
	const old = /^old (0|[1-9]\d*)$/.exec(first)?.[1];
	if (old === undefined || !Number.isSafeInteger(Number(old)))
		return 'A request begins with a line `old <size>`.';
	if (lines.length > 63) return 'A proof has at most 63 lines.';
	const proof = lines.map((line) => Buffer.from(line, 'base64'));
	if (proof.some((hash, i) => hash.length !== HASH_SIZE || hash.toString('base64') !== lines[i])) {
		return 'A line of the proof is not a hash.';
	}
	try {
		const note = body.slice(end + 2);
		return { old: Number(old), proof, note, checkpoint: parseCheckpoint(readNote(note).text) };
	} catch (error) {
		if (error instanceof BadNote) return error.message;
		throw error;
	}
}

function isSigned(note: string, keys: readonly NoteVerifier[]): boolean {
	try {
		return openNote(note, keys).signedBy.length > 0;
	} catch (error) {
		if (error instanceof BadNote) return false;
		throw error;
	}
}

/** From nothing grows anything, and there is nothing to prove. */
function grewFrom(last: Checkpoint | null, next: Checkpoint, proof: readonly Buffer[]): boolean {
	if (!last || last.size === 0) return proof.length === 0;
	return verifyConsistency({ size1: last.size, size2: next.size, root1: last.root, root2: next.root, proof });
}

function conflict(size: number): WitnessAnswer {
	return { status: 409, contentType: 'text/x.tlog.size', body: `${size}\n` };
}

function refused(status: 400 | 403 | 404 | 422, sentence: string): WitnessAnswer {
	return { status, contentType: 'text/plain; charset=utf-8', body: `${sentence}\n` };
}

/** What stands for a log in the address of its last checkpoint (tlog-witness, monitoring): an origin may be any text. */
export function originHash(origin: string): string {
	return createHash('sha256').update(origin, 'utf8').digest('hex');
}

/** Where the last checkpoint of a log is kept, and served. */
export function pathOf(origin: string): string {
	return `${originHash(origin)}/checkpoint`;
}
