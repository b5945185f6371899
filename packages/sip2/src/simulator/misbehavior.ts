import { checksum } from '../wire/checksum.ts';
import type { Sip2Field } from '../wire/message.ts';
import type { IlsReply } from './answer.ts';

/** How a catalogue can be made to fail. Where nothing else is said it does so in its answers about patrons only. */
export type Misbehavior =
	/** Ends every connection as soon as it is made. */
	| 'dead'
	/** Takes questions and never answers. */
	| 'silent'
	/** Holds every answer until `release`. */
	| 'late'
	/** Says that it is off line. */
	| 'offline'
	/** Says yes to any PIN. */
	| 'says_yes'
	/** Answers for somebody else. */
	| 'another_patron'
	/** Ends a connection after its login, as one that was idle for too long. */
	| 'idle_close'
	/** Every answer comes byte by byte. */
	| 'drip'
	/** Half of the answer, and the end of the connection. */
	| 'cut'
	/** The whole answer, and the end of the connection. */
	| 'answer_and_close'
	| 'wrong_sequence'
	/** Marks of error detection are left out, once or for ever. */
	| 'unsealed'
	| 'bad_checksum_once'
	| 'bad_checksum'
	/** "Send it again", once or for ever; the question is not looked at. */
	| 'resend_once'
	| 'resend'
	/** One message more than was asked for. */
	| 'surplus'
	/** A byte more than was asked for. */
	| 'surplus_byte'
	/** Every answer ends in LF alone. */
	| 'line_feeds'
	| 'no_bl'
	| 'no_cq'
	| 'two_cq'
	/** A separator is missing behind BL. */
	| 'run_together'
	/** Answers to another question. */
	| 'wrong_code'
	/** What it sends is no SIP2. */
	| 'garbage';

/** What is put on the line, and whether the connection goes on. */
export interface Delivery {
	readonly pieces: readonly Buffer[];
	readonly hangsUp?: boolean;
}

/** Bends what an answer about a patron says. */
export function bent(how: Misbehavior | null, reply: IlsReply): IlsReply {
	const fields = reply.fields.flatMap((field): readonly Sip2Field[] => {
		const [id, value] = field;
		if (how === 'another_patron' && id === 'AA') return [[id, `9${value.slice(1)}`]];
		if ((how === 'no_bl' && id === 'BL') || (how === 'no_cq' && id === 'CQ')) return [];
		if (how === 'two_cq' && id === 'CQ') return [field, field];
		if (how === 'run_together' && id === 'BL') return [[id, `${value}BV7.00`]];
		return [field];
	});
	return { ...reply, fields };
}

/** Spoils the bytes of an answer about a patron; `times` is how often a patron was asked about on this connection, from one on. */
export function spoilt(how: Misbehavior | null, bytes: Buffer, times: number): Delivery {
	switch (how) {
		case 'cut':
			return { pieces: [bytes.subarray(0, bytes.length / 2)], hangsUp: true };
		case 'answer_and_close':
			return { pieces: [bytes], hangsUp: true };
		case 'wrong_sequence':
			return { pieces: [resealed(bytes, (digit) => String((Number(digit) + 1) % 10))] };
		case 'unsealed':
			return { pieces: [Buffer.concat([bytes.subarray(0, trailerAt(bytes)), endOf(bytes)])] };
		case 'bad_checksum':
		case 'bad_checksum_once': {
			if (how === 'bad_checksum_once' && times > 1) return { pieces: [bytes] };
			const changed = Buffer.from(bytes);
			changed[20]! ^= 1;
			return { pieces: [changed] };
		}
		case 'surplus':
			return { pieces: [bytes, Buffer.from('941\r')] };
		case 'surplus_byte':
			return { pieces: [Buffer.concat([bytes, Buffer.from('x')])] };
		case 'wrong_code':
			return { pieces: [Buffer.from('941\r')] };
		case 'garbage':
			return { pieces: [Buffer.from('\u0000<html>400 Bad Request</html>\r')] };
		default:
			return { pieces: [bytes] };
	}
}

/** How every answer is put on the line. */
export function carried(how: Misbehavior | null, { pieces, ...rest }: Delivery): Delivery {
	if (how === 'drip')
		return { ...rest, pieces: pieces.flatMap((piece) => Array.from(piece, (byte) => Buffer.of(byte))) };
	if (how !== 'line_feeds') return { ...rest, pieces };
	return {
		...rest,
		pieces: pieces.map((piece) => Buffer.from(piece.toString('latin1').replace(/\r\n?/g, '\n'), 'latin1')),
	};
}

const ENDS = /(?:AY\d)?(?:AZ[0-9A-F]{4})?(\r\n?|\n)$/;

function trailerAt(bytes: Buffer): number {
	return ENDS.exec(bytes.toString('latin1'))?.index ?? bytes.length;
}

function endOf(bytes: Buffer): Buffer {
	return Buffer.from(ENDS.exec(bytes.toString('latin1'))?.[1] ?? '', 'latin1');
}

/** The same answer with another sequence digit and the checksum that belongs to it. */
function resealed(bytes: Buffer, digitOf: (digit: string) => string): Buffer {
	const at = trailerAt(bytes);
	const digit = /^AY(\d)/.exec(bytes.toString('latin1', at))?.[1];
	if (digit === undefined) return bytes;
	const body = Buffer.concat([bytes.subarray(0, at), Buffer.from(`AY${digitOf(digit)}AZ`)]);
	return Buffer.concat([body, Buffer.from(checksum(body)), endOf(bytes)]);
}
