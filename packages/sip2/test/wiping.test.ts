import { connect } from 'node:net';
import { expect } from 'chai';
import { Broken, type Conversation, conversation } from '../src/wire/conversation.ts';
import { STANDARD_FORM } from '../src/wire/form.ts';
import { Framer } from '../src/wire/framer.ts';
import { allButOne, type Reaction, type ScriptedAcs, scriptedAcs } from './acs.ts';

const QUESTION = {
	code: '63',
	fixed: `00020261122    181500${' '.repeat(10)}`,
	fields: [
		['AA', '29000000000001'],
		['AD', 'Qz7vKpX2wL'],
	],
	answer: '64',
	wanted: new Set(['BL']),
} as const;

describe('bytes that carried a card, a PIN or what is known of a patron', () => {
	let acs: ScriptedAcs | null = null;
	afterEach(async () => {
		await acs?.close();
		acs = null;
	});

	/** Asks one thing over a connection whose bytes, in and out, are kept to be looked at. */
	async function asked(
		react: (request: string, sequence: string | null, heard: readonly string[]) => Reaction,
		milliseconds = 5_000,
	) {
		acs = await scriptedAcs(react);
		const socket = connect(acs.port, '127.0.0.1');
		const kept: Uint8Array[] = [];
		const write = socket.write.bind(socket);
		socket.write = ((bytes: Uint8Array) => {
			kept.push(bytes);
			return write(bytes);
		}) as typeof socket.write;
		const talk: Conversation = conversation(socket, { errorDetection: 'send', form: STANDARD_FORM });
		socket.on('data', (chunk: Buffer) => kept.push(chunk));
		await talk.until('connect', 5_000);
		const outcome = await talk.ask(QUESTION, milliseconds).catch((error: unknown) => {
			if (error instanceof Broken) return error.answer;
			throw error;
		});
		socket.destroy();
		return { outcome, kept };
	}

	const spoken = (bytes: Uint8Array) => bytes.some((byte) => byte !== 0);

	it('are zero once the answer was read', async () => {
		const { outcome, kept } = await asked(allButOne('none', () => null));
		expect(outcome).to.have.property('answer');
		expect(acs!.heard[0], 'it was sent before it was wiped').to.include('ADQz7vKpX2wL');
		expect(kept.length).to.be.at.least(2);
		expect(kept.filter(spoken)).to.deep.equal([]);
	});

	it('are zero after a question had to be repeated, and were still there for it', async () => {
		const { kept } = await asked((request, sequence) =>
			acs!.heard.length === 1 ? '96AZFEF6\r' : allButOne('none', () => null)(request, sequence, []),
		);
		expect(acs!.heard[1]).to.equal(acs!.heard[0]);
		expect(kept.filter(spoken)).to.deep.equal([]);
	});

	it('are zero when it came to nothing', async () => {
		for (const reaction of [null, 'hang up', '64 no message\r', '64 half a mess', 'x\ry\r'] as const) {
			const { outcome, kept } = await asked(() => reaction, reaction?.endsWith('\r') ? 5_000 : 60);
			expect(outcome, String(reaction)).to.have.property('outcome');
			expect(kept.length).to.be.at.least(1);
			expect(kept.filter(spoken), String(reaction)).to.deep.equal([]);
			await acs!.close();
		}
	});

	it('are handed out by the framer as copies, of which it keeps none', () => {
		const framer = new Framer();
		const [message] = framer.push(Buffer.from('64 secret\rrest'));
		expect(String(message)).to.equal('64 secret');
		expect(framer.pending).to.equal(4);
		framer.wipe();
		expect(framer.pending).to.equal(0);
		expect(framer.push(Buffer.from('941\r')).map(String)).to.deep.equal(['941']);
	});
});
