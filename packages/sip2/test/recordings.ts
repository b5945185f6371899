import { readFileSync } from 'node:fs';
import type { IlsPatron } from '../src/deck.ts';
import type { IlsOptions } from '../src/server.ts';

/** A conversation that was recorded. */
export interface Transcript {
	readonly name: string;
	/** What was sent and, after each, what came back, byte for byte. */
	readonly turns: { readonly sent: Buffer; readonly answers: Buffer[] }[];
	readonly closedByPeer: boolean;
}

/** Reads `vectors/<name>.txt`. */
export function recorded(name: 'peer-a' | 'peer-b'): Transcript[] {
	const text = readFileSync(new URL(`./vectors/${name}.txt`, import.meta.url), 'utf8');
	return text
		.split(/^### /m)
		.slice(1)
		.map((block) => {
			const [title = '', ...lines] = block.split('\n');
			const turns: { sent: Buffer; answers: Buffer[] }[] = [];
			for (const line of lines) {
				if (line.startsWith('C> ')) turns.push({ sent: bytesOf(line.slice(3)), answers: [] });
				else if (line.startsWith('S< ')) turns.at(-1)!.answers.push(bytesOf(line.slice(3)));
			}
			return { name: title, turns, closedByPeer: lines.some((line) => line.startsWith('-- closed by peer')) };
		});
}

function bytesOf(line: string): Buffer {
	const text = line
		.replaceAll('<CR>', '\r')
		.replaceAll('<LF>', '\n')
		.replace(/\\x([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
	return Buffer.from(text, 'latin1');
}

/** The catalogue that a transcript was recorded from. */
export function catalogueOf(peer: 'peer-a' | 'peer-b', transcript: Transcript): IlsOptions {
	if (peer === 'peer-b') {
		return { deck: mediated(), institution: 'UWOLS', login: SCCLIENT, manner: 'mediator' };
	}
	const text = transcript.turns
		.flatMap(({ sent, answers }) => [sent, ...answers])
		.map(String)
		.join('');
	const named = text.includes('CNlpl-sc-beacock');
	const institution = named || text.includes('AOLPL') ? 'LPL' : 'UWOLS';
	const login = named ? { user: 'lpl-sc-beacock', password: 'xyzzy' } : SCCLIENT;
	return { deck: people(institution), institution, login, farewell: 'Thank you for using Evergreen!' };
}

const SCCLIENT = { user: 'scclient', password: 'clientpwd' };

/** The invented people of the first recorded server. */
export function people(institution: string): IlsPatron[] {
	const patron = (number: number, name: string, more: Partial<IlsPatron> = {}): IlsPatron => ({
		card: `290000000000${String(number).padStart(2, '0')}`,
		pin: '1234',
		name,
		born: '19800102',
		expires: '20301231',
		state: 'good',
		kind: 'adult',
		internalId: String(999 + number),
		home: 'BR1',
		address: '1 Main St',
		email: 'p@example.org',
		phone: '555 0100',
		...more,
	});
	const marked = 'García Márquez, José Ž'.normalize('NFD');
	return [
		patron(1, 'Adult, Ada', { alias: 'ada-username' }),
		patron(2, 'Nopin, Ned', { pin: null }),
		patron(3, 'Expired, Eve', { state: 'expired', expires: '20200101' }),
		patron(4, 'Lost, Lou', { state: 'lost' }),
		patron(5, 'Fines, Fay', { state: 'owing' }),
		patron(6, 'Kid, Kim', { kind: 'child', born: '20170301' }),
		patron(7, institution === 'LPL' ? marked : 'Garcia Marquez, Jose Z'),
		patron(8, 'Pipe|Fake|CQY'),
		patron(9, 'Zero, Zed', { pin: '0' }),
		patron(10, 'Replaced, Rae', { internalId: '1000' }),
		patron(11, 'Special, Sam', { pin: 'ab!#' }),
	];
}

/** The people of the second: their back end told less of them. */
function mediated(): IlsPatron[] {
	const patron = { pin: '1234', expires: '', state: 'good' } as const;
	return [
		{ ...patron, card: '29000000000001', name: 'Adult, Ada', born: '', kind: 'adult', internalId: '1000' },
		{
			...patron,
			card: '29000000000006',
			name: 'Kid, Kim',
			born: '20170301',
			kind: 'child',
			internalId: '1005',
		},
	];
}
