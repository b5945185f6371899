import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { decide } from '../src/decision.ts';
import { DIALECTS } from '../src/dialects.ts';
import { startIls } from '../src/server.ts';
import { decodeMessage } from '../src/wire/decode.ts';
import { Framer } from '../src/wire/framer.ts';
import { onlyField } from '../src/wire/message.ts';
import { catalogueOf, people, recorded, type Transcript } from './recordings.ts';

for (const peer of ['peer-a', 'peer-b'] as const) {
	describe(`the simulated catalogue answers as the recorded server did (${peer}), wherever the bytes are split`, () => {
		for (const transcript of recorded(peer)) {
			it(transcript.name, async () => {
				const ils = await startIls(catalogueOf(peer, transcript));
				try {
					const expected = transcript.turns.flatMap(({ answers }) => answers.flatMap(cut)).map(told);
					for (let at = 0; at <= splits(transcript); at++) {
						const said = await replay(ils.port, transcript, at);
						expect(said.map(told), `split at ${at}`).to.deep.equal(expected);
					}
				} finally {
					await ils.close();
				}
			});
		}
	});
}

describe('the simulated catalogue', () => {
	it('trims the end of a message without error detection, and so a PIN that ends in signs', async () => {
		const login = { user: 'scclient', password: 'clientpwd' };
		const ils = await startIls({ deck: people('UWOLS'), login });
		const request = (fields: string) => `6300020261122    181500          AOUWOLS|AA29000000000011|${fields}`;
		const answerTo = async (fields: string) => {
			const turns = ['9300CNscclient|COclientpwd|\r', `${request(fields)}\r`].map((text) => ({
				sent: Buffer.from(text),
				answers: [Buffer.from('x\r')],
			}));
			const [, answer] = await replay(ils.port, { name: '', turns, closedByPeer: false }, 0);
			const message = decodeMessage(answer!);
			return typeof message === 'string' ? message : onlyField(message, 'CQ');
		};
		try {
			expect(await answerTo('AC|ADab!#|')).to.equal('N');
			expect(await answerTo('ADab!#|AC|')).to.equal('Y');
			expect(await answerTo('AC|ADab!#|AY1AZEFC9')).to.equal('Y');
		} finally {
			await ils.close();
		}
	});
});

describe('of everything two servers were recorded to say', () => {
	it('only plain answers about a right PIN are taken for a yes', () => {
		const accepted: string[] = [];
		for (const recording of ['peer-a', 'peer-b'] as const) {
			for (const { name, turns } of recorded(recording)) {
				for (const { sent, answers } of turns) {
					for (const bytes of answers.flatMap(cut)) {
						const answer = decodeMessage(bytes);
						const card = /AA([^|\r]*)/.exec(sent.toString())?.[1] ?? '';
						if (typeof answer === 'string') continue;
						const sequence = /AY(\d)AZ/.exec(sent.toString('latin1'))?.[1] ?? null;
						const question = answer.code === '24' ? '23' : '63';
						const decision = decide(answer, {
							question,
							card,
							sequence,
							errorDetection: 'send',
							today: '20261122',
							map: DIALECTS.compliant.fields,
							needs: new Set(),
						});
						if (decision.outcome !== 'ok') continue;
						expect(onlyField(answer, 'AA')).to.equal(card);
						const pin = /\|AD([^|\r]*)/.exec(sent.toString())?.[1];
						// Two of the recorded people have no PIN as that server sees it; that is what a canary is for.
						if (!/0000000000(?:02|09)$/.test(card)) expect(pin, `${recording}: ${name}`).to.equal('1234');
						accepted.push(card);
					}
				}
			}
		}
		expect(accepted.length).to.be.greaterThan(15);
	});
});

/** At how many places each of the messages of a transcript can be split in two. */
function splits({ name, turns }: Transcript): number {
	const lengths = turns.map(({ sent }) => sent.length);
	// Here it is the pieces that matter: the second message came together with the first, so only the first can be split.
	const whole =
		name === 'two messages in one segment' ? lengths.map((length) => Math.min(length, 70)) : lengths;
	return Math.max(...whole) - 1;
}

/**
 * Sends what was sent, each message in two pieces, and waits after each for as many answers as were recorded, and for whatever comes after the last.
 */
async function replay(port: number, { turns, closedByPeer }: Transcript, at: number): Promise<Buffer[]> {
	const socket = connect(port, '127.0.0.1');
	socket.setNoDelay(true);
	const framer = new Framer();
	const said: Buffer[] = [];
	socket.on('data', (chunk: Buffer) => {
		said.push(...framer.push(chunk));
		socket.emit('said');
	});
	const closed = once(socket, 'close');
	await once(socket, 'connect');
	let expected = 0;
	for (const { sent, answers } of turns) {
		expected += answers.flatMap(cut).length;
		const pieces = at > 0 && at < sent.length ? [sent.subarray(0, at), sent.subarray(at)] : [sent];
		for (const piece of pieces)
			await new Promise((resolve) => socket.write(piece, () => setImmediate(resolve)));
		while (said.length < expected) {
			await Promise.race([once(socket, 'said'), closed.then(() => expect.fail('closed'))]);
		}
	}
	if (!closedByPeer) socket.end();
	await closed;
	return said;
}

function cut(bytes: Buffer): Buffer[] {
	return new Framer().push(bytes);
}

/** A message but for its time and its checksum, both of which are checked apart. */
function told(bytes: Buffer): string {
	expect(decodeMessage(bytes), bytes.toString()).to.not.equal('checksum');
	return bytes
		.toString('latin1')
		.replace(/20\d{6} {4}\d{6}/, 'YYYYMMDD    HHMMSS')
		.replace(/^(?!9[67])(.*AZ)[0-9A-F]{4}$/s, '$1....');
}
