import type { Action, Policy, Rule } from './rule.ts';

/**
 * What is wrong with a rule before a library adopts it. A government that moderates needs rules that are objective, viewpoint-neutral and
 * workable (Minnesota Voters Alliance v. Mansky; Matal v. Tam; PETA v. Tabak; Krasno v. Mnookin; reference/accountability.md 3.3, 3.4).
 * `discretion`: the word leaves the decision to whoever decides. `viewpoint`: the word judges an opinion, and not what somebody does.
 * `no_…`: something is missing, in one of the library's languages. `protects_officials` only warns: a rule may name
 * the library or its staff, but one that shields them from criticism is a viewpoint rule. `down_without_effect` only warns: nothing is down that
 * could stay so.
 */
export type LintCode =
	| 'discretion'
	| 'viewpoint'
	| 'no_title'
	| 'no_text'
	| 'no_test'
	| 'no_example_yes'
	| 'no_example_no'
	| 'protects_officials'
	| 'down_without_effect';

export interface LintFinding {
	/** Id of the rule. */
	readonly rule: string;
	readonly field: 'title' | 'text' | 'test' | 'examples_yes' | 'examples_no' | 'down_during_appeal';
	/** Null for what has no language. */
	readonly language: string | null;
	readonly code: LintCode;
	/** The words that were found, as they are written there; null when something is missing. */
	readonly found: string | null;
	readonly severity: 'refused' | 'warning';
}

/** Ends of words stand for the whole family: `offensiv` finds offensive and offensively. All in small letters without accents. */
const WORDS: Readonly<Record<'discretion' | 'viewpoint' | 'protects_officials', readonly string[]>> = {
	discretion: [
		...['inappropriate\\w*', 'objectionabl\\w*', 'unacceptabl\\w*', 'unsuitabl\\w*', 'improper\\w*'],
		...['discretion\\w*', 'for any reason', 'as we see fit', 'in our (?:opinion|judg\\w+)', 'without notice'],
		...['off[- ]topic', 'common sense', 'good taste', 'bad taste', 'family[- ]friendly'],
		...[
			'inapropiad\\w*',
			'inadecuad\\w*',
			'inaceptabl\\w*',
			'improcedent\\w*',
			'indebid\\w*',
			'discrecion\\w*',
		],
		...[
			'por cualquier motivo',
			'por cualquier razon',
			'a nuestro (?:criterio|juicio)',
			'sin (?:previo )?aviso',
		],
		...['fuera de tema', 'sentido comun', 'buen gusto', 'mal gusto'],
	],
	viewpoint: [
		...[
			'offensiv\\w*',
			'offend\\w*',
			'negativ\\w*',
			'disrespect\\w*',
			'disparag\\w*',
			'political\\w*',
			'politics',
			'partisan\\w*',
		],
		...[
			'hateful\\w*',
			'hate speech',
			'rude\\w*',
			'insult\\w*',
			'divisiv\\w*',
			'controversial\\w*',
			'inflammatory',
		],
		...[
			'uncivil\\w*',
			'civility',
			'misinformation',
			'disinformation',
			'fake news',
			'unpatriotic',
			'blasphem\\w*',
		],
		...[
			'ofensiv\\w*',
			'ofend\\w*',
			'irrespetuos\\w*',
			'falta de respeto',
			'denigr\\w*',
			'politicos?',
			'partidist\\w*',
		],
		...[
			'discurso de odio',
			'grosser\\w*',
			'divisiv\\w*',
			'polemic\\w*',
			'controvertid\\w*',
			'incendiari\\w*',
		],
		...['desinformacion', 'noticias falsas', 'blasfem\\w*'],
	],
	protects_officials: [
		...[
			'library staff',
			'librarians?',
			'staff',
			'employees?',
			'officials?',
			'council(?:lors?|members?)?',
			'mayor',
		],
		...['the library', 'government', 'police', 'trustees?'],
		...[
			'personal de la biblioteca',
			'bibliotecari[oa]s?',
			'emplead[oa]s?',
			'funcionari[oa]s?',
			'concejal\\w*',
			'alcald\\w*',
		],
		...['la biblioteca', 'gobierno', 'policia', 'autoridad\\w*'],
	],
};

/** Looks at a whole policy. Examples may quote any words: they are posts, and not the rule. `languages` is what the library speaks. */
export function lintPolicy(policy: Pick<Policy, 'rules'>, languages: readonly string[]): LintFinding[] {
	return policy.rules.flatMap((rule) => [
		...missing(rule, languages),
		...wording(rule),
		...withoutEffect(rule),
	]);
}

/** Under such a rule nothing is hidden or removed the first time, so there is nothing that could stay down. */
const LEAVES_UP: readonly Action[] = [
	...(['none', 'warning', 'media_marked_sensitive'] as const),
	...(['content_labelled', 'post_locked', 'content_moved'] as const),
];

function withoutEffect(rule: Rule): LintFinding[] {
	if (!rule.down_during_appeal || !LEAVES_UP.includes(rule.greatest_first_action)) return [];
	const what = { field: 'down_during_appeal', language: null, code: 'down_without_effect' } as const;
	return [{ ...what, rule: rule.id, found: null, severity: 'warning' }];
}

function missing(rule: Rule, languages: readonly string[]): LintFinding[] {
	const wanted = [...new Set(['en', ...languages])];
	const lacks = (texts: Readonly<Record<string, string>> | undefined, language: string): boolean =>
		!texts?.[language]?.trim();
	const lacksList = (texts: Rule['examples_yes'], language: string): boolean =>
		!texts?.[language]?.some((text) => text.trim());
	return wanted.flatMap((language) => {
		const finding = (field: LintFinding['field'], code: LintCode): LintFinding => ({
			...{ rule: rule.id, field, language, code, found: null, severity: 'refused' },
		});
		return [
			...(lacks(rule.title, language) ? [finding('title', 'no_title')] : []),
			...(lacks(rule.text, language) ? [finding('text', 'no_text')] : []),
			...(lacks(rule.test, language) ? [finding('test', 'no_test')] : []),
			...(lacksList(rule.examples_yes, language) ? [finding('examples_yes', 'no_example_yes')] : []),
			...(lacksList(rule.examples_no, language) ? [finding('examples_no', 'no_example_no')] : []),
		];
	});
}

function wording(rule: Rule): LintFinding[] {
	const patterns = Object.entries(WORDS).map(
		([code, words]) =>
			[code as keyof typeof WORDS, new RegExp(`\\b(?:${words.join('|')})\\b`, 'gi')] as const,
	);
	return (['title', 'text', 'test'] as const).flatMap((field) =>
		Object.entries(rule[field]).flatMap(([language, text]) =>
			patterns.flatMap(([code, pattern]) =>
				[...foldAccents(text).matchAll(pattern)].map(
					(match): LintFinding => ({
						...{ rule: rule.id, field, language, code },
						found: text.normalize('NFC').slice(match.index, match.index + match[0].length),
						severity: code === 'protects_officials' ? 'warning' : 'refused',
					}),
				),
			),
		),
	);
}

/** The text without accents, sign for sign, so that a place in it is a place in the text. */
function foldAccents(text: string): string {
	return text
		.normalize('NFC')
		.split('')
		.map((sign) => sign.normalize('NFD').charAt(0))
		.join('');
}
