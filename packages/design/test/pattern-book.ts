import { CLOTHS } from '../src/cloth.ts';
import { createDesign, type Design } from '../src/design.ts';
import { faceOf } from '../src/face.ts';
import type { Page } from '../src/page.ts';
import { trustedHtml } from '../src/safe-html.ts';

/** Thursday, October 8, 2026, noon in Oregon. */
export const NOON = Date.UTC(2026, 9, 8, 19, 0);
export const HOSTILE = `"><script>alert('x')</script><img src=x onerror=alert(1)> & {{t "x"}}`;
const LONG =
	'One reply is not shown here. It was written at Camas. St. Johns and Camas are neighbors; we and Camas are not.';
const DAY = 86_400_000;

/** A design with the pattern book among its views. */
export function designWithBook(): Design {
	const design = createDesign();
	design.registerViews('book', new URL('./views/', import.meta.url));
	return design;
}

/** Every partial in every state on one page. `text` stands wherever a person or another server might have written it. */
export function patternBook(design: Design, language: string, text = 'North Portland'): string {
	return design.render('book/pattern-book', bookData(design, language, text), {
		language,
		zone: 'America/Los_Angeles',
		now: NOON,
	});
}

function bookData(design: Design, language: string, text: string): object {
	const t = (key: string, values?: Record<string, unknown>) => design.t(language, `common.${key}`, values);
	const words = ['branch', 'neighborhood', 'public', 'followers', 'direct', 'a-scope-of-tomorrow'];
	const scopes = words.map((word) => ({
		word,
		label: word.startsWith('a-') ? text : t(`scope.${word}`, { branch: text }),
	}));
	const spines = CLOTHS.map((cloth) => ({ cloth, code: 'NOPO', href: '#', name: text }));
	const choices = ['branch', 'neighborhood', 'public'].map((word, at) => ({
		word,
		label: t(`scope.${word}`, { branch: text }),
		hint: t(`scope.hint.${word}`, { count: [104, 6, 0][at] }),
		checked: at === 0,
	}));
	return {
		page: frame(text),
		title: text,
		caption: `${text} cloths`,
		long: text === 'North Portland' ? LONG : text,
		now: NOON,
		yesterday: NOON - DAY,
		before: NOON - 400 * DAY,
		hostile: text,
		scopes,
		spines,
		choices,
		faces: CLOTHS.map((cloth) => faceOf(cloth, `${cloth} ${text}`)),
		conditions: ['good', 'wait', 'stop', 'quiet'].map((kind) => ({ kind, label: text })),
		faults: [
			{ field: 'f2', text },
			{ field: '', text },
		],
		notes: ['good', 'wait', 'stop', 'plain'].map((kind) => ({
			kind,
			id: `n-${kind}`,
			title: `${text} ${kind}`,
			text,
		})),
		fields: [
			{ id: 'f1', label: text, hint: text, value: text, autocomplete: 'off', required: true },
			{
				id: 'f2',
				label: text,
				fault: text,
				value: '2 1234 00012 345',
				class: 'digits',
				inputmode: 'numeric',
			},
			{ id: 'f3', label: text, hint: text, fault: text, type: 'password', value: '', plain: true },
			{ id: 'f4', label: text, hint: text, fault: text, rows: 3, value: text, large: true },
		],
		kinds: [
			{ value: 'hide', label: text, hint: text, checked: true, icon: 'flag' },
			{ value: text, label: text },
			{ label: text, refused: text },
		],
		posts: scopes.map((scope, at) => ({
			scope,
			name: text,
			face: faceOf(text, text),
			spine: spines[at],
			at: NOON - at * DAY,
			body: trustedHtml('<p>The elevator is being serviced until <a href="#">2 pm</a>.</p>'),
		})),
		cloths: CLOTHS,
		doors: CLOTHS.map((cloth, at) => ({ href: '#', cloth, code: 'STJ', name: text, current: at === 0 })),
		door: {
			face: faceOf('june', 'June Aldaba'),
			host: text,
			today: text,
			place: text,
			street: text,
			hours: [text, text],
			phone: '503-555-0142',
			deputy: text,
		},
		changes: {
			changed: [
				{
					title: text,
					number: text,
					fields: [
						{
							label: text,
							lang: 'es',
							pieces: [{ text }, { text, removed: true }, { text, added: true }],
						},
					],
				},
			],
			added: [{ title: text, number: text, text }],
			removed: [{ title: text, number: text, text }],
		},
		rows: [{ label: text, text: '9f2c41d807bea3e59f2c41d807bea3e59f2c41d807bea3e59f2c41d807bea3e5' }],
		icons: [...design.icons],
	};
}

/** A frame with everything in it. */
export function frame(text: string): Page {
	return {
		title: text,
		cloth: 'madrone',
		plate: { code: 'NOPO', name: text, href: '/', under: text },
		tools: [
			{ label: text, icon: 'card', href: '/signin' },
			{ label: text, post: { action: '/signout', csrf: text } },
		],
		signs: ['board', 'people', 'calendar', 'bell', 'door', 'shield-check'].map((icon, at) => ({
			href: `/${icon}`,
			icon,
			label: 'Neighborhood',
			current: at === 0,
			...(at === 3 ? { news: text } : {}),
		})),
		footer: { lead: text, links: [{ href: '/about', label: text }] },
		sample: true,
		feeds: [{ href: '/feed.atom', type: 'application/atom+xml', title: text }],
		path: '/book',
	};
}
