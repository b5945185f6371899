import type { Socket } from 'node:net';
import { decodeMessage } from '../wire/decode.ts';
import { encodeMessage } from '../wire/encode.ts';
import { ENDS } from '../wire/form.ts';
import { Framer } from '../wire/framer.ts';
import type { ReceivedMessage } from '../wire/message.ts';
import { answer, type IlsFacts, type IlsSession } from './answer.ts';
import { bent, carried, type Delivery, type Misbehavior, spoilt } from './misbehavior.ts';

/** What one connection needs to know of the catalogue besides its facts. */
export interface Surroundings {
	readonly facts: IlsFacts;
	misbehavior(): Misbehavior | null;
	/** Sends it when the catalogue lets go of its answers; at once where it does not hold them. */
	deliver(send: () => void): void;
}

const RESEND_PLEASE = '96AZFEF6';
const MOST_WRONG_LOGINS = 3;

/** Serves one connection until it ends. The third wrong login ends it. */
export function serve(socket: Socket, { facts, misbehavior, deliver }: Surroundings): void {
	const { manner } = facts;
	const framer = new Framer(undefined, manner.terminator);
	const session: IlsSession = { loggedIn: facts.login === null, wrongLogins: 0 };
	const behind: Buffer[] = [];
	const resendPlease: Delivery = { pieces: [Buffer.from(RESEND_PLEASE + ENDS[manner.terminator])] };
	let last: Buffer | null = null;
	let asked = 0;

	function say({ pieces, hangsUp = false }: Delivery): void {
		deliver(() => {
			void inPieces(socket, pieces).then(() => {
				if (hangsUp) socket.end();
			});
		});
	}

	function hear(bytes: Buffer): void {
		const request = decodeMessage(asUnderstood(bytes, facts), manner);
		if (request === 'checksum') say(resendPlease);
		else if (typeof request === 'string') unknown();
		else if (request.code !== '97' || !last) reply(request);
		else if (manner.repeats) repeat(last);
	}

	function reply(request: ReceivedMessage): void {
		const how = misbehavior();
		const aboutPatron = request.code === '63' || request.code === '23';
		if (aboutPatron) asked++;
		const rejects = aboutPatron && (how === 'resend' || (how === 'resend_once' && asked === 1));
		const said = rejects ? 'again' : answer(facts, session, request);
		if (said === 'again') say(resendPlease);
		else if (said === 'close') socket.destroy();
		else if (said === 'unknown') unknown();
		else {
			const sequence = manner.seals ? request.sequence : null;
			last = encodeMessage({ ...(aboutPatron ? bent(how, said) : said), sequence }, manner);
			const done: Delivery = aboutPatron ? spoilt(how, last, asked) : { pieces: [last] };
			const tooManyLogins = session.wrongLogins >= MOST_WRONG_LOGINS;
			const idle = how === 'idle_close' && request.code === '93';
			say(carried(how, { ...done, hangsUp: done.hangsUp || tooManyLogins || idle }));
		}
	}

	function repeat(bytes: Buffer): void {
		asked++;
		say(carried(misbehavior(), spoilt(misbehavior(), bytes, asked)));
	}

	function unknown(): void {
		if (manner.unknownMessage === 'hang_up') socket.destroy();
		else if (manner.unknownMessage === 'resend') say(resendPlease);
	}

	socket.on('error', () => socket.destroy());
	socket.on('data', (chunk: Buffer) => {
		if (misbehavior() === 'silent') return;
		try {
			const whole = framer.push(chunk);
			const now = manner.oneBehind ? [...behind.splice(0), ...whole.splice(0, 1)] : whole.splice(0);
			behind.push(...whole);
			for (const bytes of now) hear(bytes);
		} catch (error) {
			// A line without an end, or an answer that cannot be written: not worth keeping the connection for.
			if (!(error instanceof RangeError)) throw error;
			socket.destroy();
		}
	});
}

/** Hands each piece to the network by itself, so that it may arrive by itself. */
async function inPieces(socket: Socket, pieces: readonly Buffer[]): Promise<void> {
	for (const piece of pieces) {
		if (socket.destroyed) return;
		await new Promise<void>((resolve) => socket.write(piece, () => setImmediate(resolve)));
	}
}

/** What is left of a message when this catalogue has looked at it. */
function asUnderstood(bytes: Buffer, { manner }: IlsFacts): Buffer {
	if (!manner.verifies) {
		// It knows nothing of error detection, so that its trailer is as good as not there.
		const at = /(?:AY\d)?AZ[0-9A-F]{4}$/.exec(bytes.toString('latin1'))?.index;
		return upToEmptyPart(at === undefined ? trimmed(bytes, manner.trims) : bytes.subarray(0, at), manner);
	}
	return trimmed(bytes, manner.trims);
}

function upToEmptyPart(bytes: Buffer, { endsAtEmptyPart, separator }: IlsFacts['manner']): Buffer {
	const at = endsAtEmptyPart ? bytes.indexOf(separator + separator) : -1;
	return at < 0 ? bytes : bytes.subarray(0, at);
}

/** Without error detection everything after the last letter or digit of a message is lost, separators included. */
function trimmed(bytes: Buffer, trims: boolean): Buffer {
	if (!trims || /AZ[0-9A-F]{4}$/.test(bytes.toString('latin1'))) return bytes;
	let end = bytes.length;
	while (end > 0 && !/[A-z0-9]/.test(String.fromCharCode(bytes[end - 1]!))) end--;
	return bytes.subarray(0, end);
}
