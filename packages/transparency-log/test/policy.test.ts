import { expect } from 'chai';
import { signCheckpoint } from '../src/checkpoint.ts';
import { cosign } from '../src/cosignature.ts';
import { generateKey } from '../src/keys.ts';
import { BadNote, formatVkey, readNote } from '../src/note.ts';
import { BadPolicy, openUnderPolicy, parsePolicy } from '../src/policy.ts';
import { EMPTY_ROOT } from '../src/tree.ts';

const origin = 'accountability.library.example/log/2026';
const logKey = generateKey();
const log = formatVkey({ name: origin, key: logKey });
const witnesses = ['X1', 'X2', 'Y1'].map((name) => ({
	name: `${name.toLowerCase()}.example`,
	key: generateKey(),
}));
const [x1, x2, y1] = witnesses.map((witness) => formatVkey(witness, 'cosignature'));
const POLICY = `# whom the council believes
log ${log} https://accountability.library.example/log/2026
	witness X1 ${x1}
witness X2 ${x2} https://x2.example/
witness Y1 ${y1}

group X any X1 X2
group both all X Y1
quorum both
`;

describe('a policy of whom to believe (C2SP tlog-policy)', () => {
	const note = (...seen: number[]) => {
		const signed = signCheckpoint({ origin, size: 0, root: EMPTY_ROOT }, logKey);
		return signed + seen.map((i) => cosign(readNote(signed).text, witnesses[i]!, 1_700_000_000)).join('');
	};

	it('accepts a checkpoint that enough of its witnesses signed, and says who did', () => {
		const policy = parsePolicy(POLICY);
		expect(policy.logs.map(({ url }) => url)).to.deep.equal([
			'https://accountability.library.example/log/2026',
		]);
		expect(policy.witnesses.map(({ url }) => url)).to.deep.equal([null, 'https://x2.example/', null]);
		const { size, cosignatures } = openUnderPolicy(note(1, 2), policy);
		expect(size).to.equal(0);
		expect(cosignatures.map(({ witness }) => witness.name)).to.have.members(['x2.example', 'y1.example']);
	});

	it('refuses one that too few signed, or the same one twice', () => {
		const policy = parsePolicy(POLICY);
		for (const seen of [[], [0], [0, 1], [2], [0, 0]]) {
			expect(() => openUnderPolicy(note(...seen), policy)).to.throw(BadNote, 'Too few');
		}
	});

	it('refuses the log of somebody else', () => {
		const other = signCheckpoint({ origin: 'other.example/log', size: 0, root: EMPTY_ROOT }, generateKey());
		expect(() => openUnderPolicy(other, parsePolicy(POLICY))).to.throw(BadNote, 'does not name');
		const impostor = signCheckpoint({ origin, size: 0, root: EMPTY_ROOT }, generateKey());
		expect(() => openUnderPolicy(impostor, parsePolicy(`log ${log}\nquorum none\n`))).to.throw(BadNote);
	});

	it('may ask for no witness at all, when it says so', () => {
		const policy = parsePolicy(`log ${log}\nquorum none`);
		expect(openUnderPolicy(note(), policy).cosignatures).to.deep.equal([]);
	});

	const wrong: [what: string, text: string, line: RegExp][] = [
		['no quorum', `log ${log}\n`, /no quorum/],
		['two quorums', 'quorum none\nquorum none\n', /^Line 2/],
		['a quorum of somebody unknown', 'quorum Z\n', /^Line 1/],
		['a word that is none', 'toString x\n', /^Line 1/],
		['a key of a log for a witness', `witness W ${log}\nquorum W\n`, /^Line 1/],
		['a key of a witness for a log', `log ${x1}\nquorum none\n`, /^Line 1/],
		['a witness twice', `witness A ${x1}\nwitness B ${x1}\nquorum A\n`, /^Line 2.*twice/],
		['a log twice', `log ${log}\nlog ${log}\nquorum none\n`, /^Line 2.*twice/],
		['a name twice', `witness A ${x1}\nwitness A ${x2}\nquorum A\n`, /^Line 2/],
		['the name none', `witness none ${x1}\nquorum none\n`, /^Line 1/],
		['a group before its members', `group G any A\nwitness A ${x1}\nquorum G\n`, /^Line 1/],
		['a group of nobody', 'group G any\nquorum G\n', /^Line 1/],
		['more needed than there are', `witness A ${x1}\ngroup G 2 A\nquorum G\n`, /^Line 2/],
		['a member of two groups', `witness A ${x1}\ngroup G any A\ngroup H any A\nquorum H\n`, /^Line 3/],
		['a control character', 'quorum none\r\n', /control/],
	];
	for (const [what, text, message] of wrong) {
		it(`refuses ${what}`, () => {
			expect(() => parsePolicy(text)).to.throw(BadPolicy, message);
		});
	}
});
