import { diffPolicies, diffWords } from '@understory/core/policy-diff.ts';
import { lintPolicy } from '@understory/core/policy-lint.ts';
import { policiesInForce } from '@understory/core/policy-versions.ts';
import type { Policy, Rule } from '@understory/core/rule.ts';
import { securityTxt } from '@understory/core/security-txt.ts';
import { starterPolicy } from '@understory/core/starter-policy.ts';
import { expect } from 'chai';

const LANGUAGES = ['en', 'es'];
const STARTER = starterPolicy('The board', '2026-01-01');

function rule(over: Partial<Rule>): Rule {
	return { ...STARTER.rules[0]!, ...over };
}

function refusedWords(over: Partial<Rule>): (string | null)[] {
	return lintPolicy({ rules: [rule(over)] }, LANGUAGES).flatMap(({ severity, found }) =>
		severity === 'refused' ? [found] : [],
	);
}

describe('the lint of rules', () => {
	it('lets the starter set pass, and has no warning about it', () => {
		expect(lintPolicy(STARTER, LANGUAGES)).to.deep.equal([]);
	});

	it('refuses words that leave the decision to taste, wherever in a rule they are, and says where', () => {
		const findings = lintPolicy(
			{
				rules: [
					rule({ text: { en: 'No Inappropriate posts, at our sole discretion.', es: 'Nada inadecuado.' } }),
				],
			},
			LANGUAGES,
		);
		expect(findings).to.deep.equal([
			{
				rule: 'no-threats',
				field: 'text',
				language: 'en',
				code: 'discretion',
				found: 'Inappropriate',
				severity: 'refused',
			},
			{
				rule: 'no-threats',
				field: 'text',
				language: 'en',
				code: 'discretion',
				found: 'discretion',
				severity: 'refused',
			},
			{
				rule: 'no-threats',
				field: 'text',
				language: 'es',
				code: 'discretion',
				found: 'inadecuado',
				severity: 'refused',
			},
		]);
	});

	it('refuses what judges an opinion, in both languages and with every ending', () => {
		const refused = [
			'offensive',
			'Offensively',
			'negative comments',
			'disrespectful',
			'disparaging',
			'political speech',
			'hateful',
			'off-topic',
			'for any reason',
			'controversial',
			'ofensivo',
			'ofensivas',
			'irrespetuosos',
			'contenido político',
			'discurso de odio',
			'por cualquier razón',
			'a nuestro criterio',
			'fuera de tema',
		];
		for (const text of refused) expect(refusedWords({ test: { en: text, es: 'x' } }), text).to.have.length(1);
	});

	it('does not take a harmless word for one of these', () => {
		const fine = [
			'The policy of the library',
			'la política de préstamos',
			'offense taken by train',
			'a photograph and its negation',
			'crude oil',
			'offices',
			'improvement',
		];
		for (const text of fine) expect(refusedWords({ test: { en: text, es: text } }), text).to.deep.equal([]);
	});

	it('lets examples quote any words, since they are posts', () => {
		expect(
			refusedWords({ examples_no: { en: ['Your politics are offensive.'], es: ['Es ofensivo.'] } }),
		).to.deep.equal([]);
	});

	it('wants title, text, test and an example of each kind in every language of the library', () => {
		const bare = rule({
			title: { en: 'T' },
			text: { en: 'T', es: ' ' },
			test: { es: '¿Sí?' },
			examples_yes: { en: [] },
		});
		const { examples_no: _, ...without } = bare;
		const codes = lintPolicy({ rules: [without] }, LANGUAGES).map(
			({ language, code }) => `${language} ${code}`,
		);
		expect(codes).to.deep.equal([
			'en no_test',
			'en no_example_yes',
			'en no_example_no',
			'es no_title',
			'es no_text',
			'es no_example_yes',
			'es no_example_no',
		]);
	});

	it('only warns when a rule names the library, its staff or officials', () => {
		const findings = lintPolicy(
			{ rules: [rule({ text: { en: 'Do not phone the mayor.', es: 'x' } })] },
			LANGUAGES,
		);
		expect(findings.map(({ code, found, severity }) => [code, found, severity])).to.deep.equal([
			['protects_officials', 'mayor', 'warning'],
		]);
	});

	it('only warns of what stays down during an appeal under a rule that takes nothing down', () => {
		const codes = (greatest_first_action: Rule['greatest_first_action']) =>
			lintPolicy({ rules: [rule({ greatest_first_action, down_during_appeal: true })] }, LANGUAGES).map(
				({ code, language, severity }) => [code, language, severity],
			);
		expect(codes('content_labelled')).to.deep.equal([['down_without_effect', null, 'warning']]);
		expect(codes('content_hidden')).to.deep.equal([]);
	});
});

describe('the difference between versions', () => {
	it('is told word by word, and puts together again what both said', () => {
		const before = 'Do not post the home address of somebody.';
		const after = 'Do not post the address or phone number of somebody else.';
		const pieces = diffWords(before, after);
		const side = (kind: 'removed' | 'added') =>
			pieces.flatMap((piece) => (piece.kind === 'same' || piece.kind === kind ? [piece.text] : [])).join('');
		expect(side('added')).to.equal(after);
		expect(side('removed').replace(/\s+/g, ' ')).to.equal(before);
		expect(pieces.find(({ kind }) => kind === 'removed')?.text).to.equal('home ');
	});

	it('holds for 500 random pairs', () => {
		let seed = 7;
		const random = (below: number): number => {
			seed = (seed * 1103515245 + 12345) % 2 ** 31;
			return Math.floor((seed / 2 ** 31) * below);
		};
		const text = () => Array.from({ length: random(12) }, () => 'abcd'.charAt(random(4))).join(' ');
		for (let n = 0; n < 500; n++) {
			const [before, after] = [text(), text()];
			const pieces = diffWords(before, after);
			const side = (kind: 'removed' | 'added') =>
				pieces
					.flatMap((piece) => (piece.kind === 'same' || piece.kind === kind ? [piece.text.trim()] : []))
					.join(' ')
					.trim();
			expect([side('removed'), side('added')].map((one) => one.replace(/\s+/g, ' '))).to.deep.equal([
				before,
				after,
			]);
		}
	});

	it('names rules that came, went and changed, by their ids', () => {
		const [first, second, third] = STARTER.rules as [Rule, Rule, Rule];
		const changed = { ...second, version: 2, greatest_first_action: 'warning' as const };
		const diff = diffPolicies({ rules: [first, second] }, { rules: [changed, third] });
		expect(diff.added).to.deep.equal([third]);
		expect(diff.removed).to.deep.equal([first]);
		expect(
			diff.changed.map(({ after, fields }) => [after.id, fields.map(({ field }) => field)]),
		).to.deep.equal([[second.id, ['greatest_first_action']]]);
	});

	it('names whether a post stays down during an appeal; a rule that does not say it lets it come back', () => {
		const [first] = STARTER.rules;
		const { down_during_appeal: _, ...silent } = first!;
		const between = (a: Rule, b: Rule) => diffPolicies({ rules: [a] }, { rules: [b] }).changed;
		expect(between(silent, { ...silent, down_during_appeal: false })).to.deep.equal([]);
		const [changed] = between(silent, { ...silent, down_during_appeal: true });
		expect(changed!.fields).to.deep.equal([
			{
				...{ field: 'down_during_appeal', language: null },
				pieces: [
					{ kind: 'removed', text: 'no' },
					{ kind: 'added', text: 'yes' },
				],
			},
		]);
	});

	it('is nothing when the rules say the same, whatever they were adopted by', () => {
		expect(diffPolicies(STARTER, starterPolicy('Somebody else', '2027-01-01'))).to.deep.equal({
			...{ added: [], removed: [], changed: [] },
		});
	});
});

describe('the policies in force', () => {
	const version = (id: string, number: number, from: string, branch?: string): Policy => ({
		...{ id, version: number, adopted_by: 'The board', effective_on: from, rules: [] },
		...(branch === undefined ? {} : { branch }),
	});
	const all = [
		version('conduct', 1, '2026-01-01'),
		version('conduct', 2, '2026-06-01'),
		version('conduct', 3, '2027-01-01'),
		version('garden', 1, '2026-03-01', 'branch-1'),
		version('rooms', 1, '2026-01-01'),
	];
	const named = (branch: string, today: string, policies = ['conduct']) =>
		policiesInForce(all, { id: branch, policies }, today).map(({ id, version: number }) => `${id} ${number}`);

	it('are each in its newest version that has begun: a later one waits for its day', () => {
		expect(named('branch-2', '2026-05-31')).to.deep.equal(['conduct 1']);
		expect(named('branch-2', '2026-12-31')).to.deep.equal(['conduct 2']);
		expect(named('branch-2', '2027-01-01')).to.deep.equal(['conduct 3']);
		expect(named('branch-2', '2025-12-31')).to.deep.equal([]);
	});

	it('are what the branch adopted of the library, and then its own additions', () => {
		expect(named('branch-1', '2026-12-31', ['rooms', 'conduct'])).to.deep.equal([
			'rooms 1',
			'conduct 2',
			'garden 1',
		]);
	});

	it('of another branch never hold here, even when they are named', () => {
		expect(named('branch-2', '2026-12-31', ['garden'])).to.deep.equal([]);
	});
});

describe('security.txt', () => {
	it('has whom to tell, until when it is good, and where it is (RFC 9116 2.5)', () => {
		const contact = { role: 'library', name: null, address: null, source: '', checked_on: null };
		const text = securityTxt({
			contacts: [
				{ ...contact, phone: '5035550101', branch: null },
				{ ...contact, phone: '5035550199', branch: 'b-1' },
			],
			languages: LANGUAGES,
			canonical: 'https://b.example/.well-known/security.txt',
			page: 'https://b.example/about',
			now: Date.UTC(2026, 9, 15, 13),
		});
		expect(text).to.equal(
			[
				'Contact: tel:+1-503-555-0101',
				'Contact: https://b.example/about',
				'Expires: 2027-04-13T00:00:00Z',
				'Preferred-Languages: en, es',
				'Canonical: https://b.example/.well-known/security.txt\n',
			].join('\n'),
		);
	});
});
