import type { Scope } from '@understory/core/scope.ts';

/** Who asks, all of them of north but the two servers. */
export const READERS = [
	'nobody',
	'a stranger’s server',
	'a neighbor’s server',
	'the author',
	'a follower',
	'somebody who is named',
	'a patron',
	'a patron she blocks',
	'a host without an account',
	'a host of another branch',
	'somebody on the porch',
] as const;
export type Who = (typeof READERS)[number];
export const SHOWN: readonly Scope[] = ['branch', 'neighborhood', 'public', 'followers', 'direct'];

type Sees = Readonly<Record<Scope, readonly Who[]>>;

/** Samples of what stands in an address, as the test fills them in for each scope. */
export interface Sample {
	/** Of her branch. */
	readonly origin: string;
	/** `/@ana/123`. */
	readonly page: string;
	readonly id: string;
	/** Number of an event in this scope; none is for people only. */
	readonly event: string | null;
	readonly media: string;
	/** Address of a picture in its words, which had come from elsewhere. */
	readonly emoji: string;
	readonly notice: string;
	readonly list: string;
	/** Path of the post on the wire. */
	readonly wire: string;
	readonly actor: string;
	/** Another post of the scope that a host hid, and one whose author appeals; null where hosts do not look. */
	readonly hidden: Decided | null;
	readonly appealed: Decided | null;
	/** A quote of the post, as `id`; null where nobody may quote it. */
	readonly quote: { readonly page: string; readonly wire: string; readonly stamp: string | null } | null;
}

/** A post a host decided about. */
export interface Decided {
	readonly page: string;
	readonly wire: string;
	/** Number of the decision. */
	readonly decision: string;
	/** Where its author was told. */
	readonly notice: string;
	/** Number of the appeal, where there is one. */
	readonly appeal: string | null;
}

/** One readable address and who finds a post of each scope there. */
export interface Row {
	at(sample: Sample): string;
	readonly sees: Sees;
	/** Asked for as ActivityPub. */
	readonly wire?: true;
	/** What is looked for is an event's title, the text of a post decided about, the post's text as a preview or its address; or that anything comes at all. */
	readonly looksFor?: 'event' | 'hidden' | 'appealed' | 'preview' | 'address' | 'bytes';
	/** Who keeps, edits or follows there: the one reader whose own page it is. */
	readonly note?: string;
}

const PEOPLE: readonly Who[] = ['the author', 'a follower', 'somebody who is named', 'a patron'];
/** Nothing's number. */
const NO_UUID = '00000000-0000-4000-8000-000000000000';
const NONE: Sees = { branch: [], neighborhood: [], public: [], followers: [], direct: [] };
const all = (who: readonly Who[]): Sees => ({
	branch: who,
	neighborhood: who,
	public: who,
	followers: who,
	direct: who,
});
/** What people of the branch read at an address of their own branch. */
const READ: Sees = {
	branch: PEOPLE,
	neighborhood: PEOPLE,
	public: PEOPLE,
	followers: ['the author', 'a follower'],
	direct: ['the author', 'somebody who is named'],
};
const BOARD: Sees = { ...READ, direct: [] };
/** On the open web what is for everyone, and to people what they read. To whoever is blocked the web is not open while they are signed in. */
const OPEN: Sees = {
	...READ,
	public: [
		...PEOPLE,
		'nobody',
		'a stranger’s server',
		'a neighbor’s server',
		'a host without an account',
		'a host of another branch',
	],
};
const EVERYBODY_PUBLIC: Sees = { ...NONE, public: READERS };
const EVENTS: Sees = {
	branch: PEOPLE,
	neighborhood: PEOPLE,
	public: OPEN.public,
	followers: [],
	direct: [],
};
const OWN: Sees = all(['the author']);
/** Of what hosts look at: nothing that is between people. */
const decidedFor = (who: readonly Who[]): Sees => ({ ...NONE, branch: who, neighborhood: who, public: who });
/** In a quote: whoever may read what is quoted. To whoever is blocked by its author the quote shows that it is one, and no word of hers. */
const QUOTED: Sees = { ...READ, direct: [] };
const fixed = (path: string) => () => path;

/**
 * Every address of a branch that answers a GET, by its row of the route table; the test fails when one is missing. What a scope means elsewhere is
 * written nowhere else (DESIGN 4.6).
 */
export const ROWS: Readonly<Record<string, Row>> = {
	'/': { at: fixed('/'), sees: EVERYBODY_PUBLIC },
	'/who-can-see': { at: fixed('/who-can-see'), sees: NONE },
	'/about': { at: fixed('/about'), sees: NONE },
	'/.well-known/security.txt': { at: fixed('/.well-known/security.txt'), sees: NONE },
	'/rules': { at: fixed('/rules'), sees: NONE },
	'/servers': { at: fixed('/servers'), sees: NONE },
	'/servers.csv': { at: fixed('/servers.csv'), sees: NONE },
	'/servers/lists/:id': { at: fixed('/servers/lists/1'), sees: NONE },
	'/api/v1/instance/domain_blocks': { at: fixed('/api/v1/instance/domain_blocks'), sees: NONE },
	'/staff/servers/lists': { at: fixed('/staff/servers/lists'), sees: NONE },
	'/staff/servers/lists/:id': { at: fixed('/staff/servers/lists/1'), sees: NONE },
	'/neighborhood': { at: fixed('/neighborhood'), sees: NONE },
	'/api/v2/instance': { at: fixed('/api/v2/instance'), sees: NONE },
	'/api/v1/instance': { at: fixed('/api/v1/instance'), sees: NONE },
	'/api/v1/instance/rules': { at: fixed('/api/v1/instance/rules'), sees: NONE },
	'/api/v1/instance/extended_description': {
		at: fixed('/api/v1/instance/extended_description'),
		sees: NONE,
	},
	'/api/v1/instance/privacy_policy': { at: fixed('/api/v1/instance/privacy_policy'), sees: NONE },
	'/plate.svg': { at: fixed('/plate.svg'), sees: NONE },
	'/signin': { at: fixed('/signin'), sees: NONE },
	'/session/callback': { at: fixed('/session/callback'), sees: NONE },
	'/welcome': { at: fixed('/welcome'), sees: NONE },
	'/home': { at: fixed('/home'), sees: BOARD },
	'/board/:board': {
		at: fixed('/board/followed'),
		sees: {
			branch: ['the author', 'a follower', 'a patron'],
			neighborhood: ['the author', 'a follower', 'a patron'],
			public: ['the author', 'a follower', 'a patron'],
			followers: ['the author', 'a follower'],
			direct: [],
		},
		note: 'the patron reads it in a quote of their own',
	},
	'/kept': { at: fixed('/kept'), sees: READ },
	'/posts/:id/quote': { at: ({ id }) => `/posts/${id}/quote`, sees: READ },
	'/posts/:id/quotes': { at: ({ id }) => `/posts/${id}/quotes`, sees: QUOTED },
	'/you/quotes': {
		at: fixed('/you/quotes'),
		sees: { ...NONE, branch: ['the author'], neighborhood: ['the author'], public: ['the author'] },
		note: 'what others quote of hers',
	},
	'quote: its page': {
		at: ({ quote }) => quote?.page ?? '/@pat/1',
		sees: { ...QUOTED, public: OPEN.public },
	},
	'/messages': { at: fixed('/messages'), sees: { ...NONE, direct: READ.direct } },
	'/notices': { at: fixed('/notices'), sees: NONE },
	'/notices/:id': { at: ({ notice }) => `/notices/${notice}`, sees: NONE },
	'/notices/:id/public': { at: ({ notice }) => `/notices/${notice}/public`, sees: NONE },
	'/porch': { at: fixed('/porch'), sees: NONE },
	'/staff': {
		at: fixed('/staff'),
		sees: {
			...NONE,
			branch: ['a host without an account'],
			neighborhood: ['a host without an account'],
			public: ['a host without an account'],
		},
	},
	'/staff/reports': { at: fixed('/staff/reports'), sees: NONE },
	'/staff/reports/:id': {
		at: fixed('/staff/reports/1'),
		sees: NONE,
		note: 'a post is there once somebody who may read it reported it',
	},
	'/staff/programs': { at: fixed('/staff/programs'), sees: NONE },
	'/api/v1/admin/reports': { at: fixed('/api/v1/admin/reports'), sees: NONE, note: 'by key alone' },
	'/api/v1/admin/reports/:id': { at: fixed('/api/v1/admin/reports/1'), sees: NONE, note: 'by key alone' },
	'/staff/reports/new': { at: fixed('/staff/reports/new'), sees: NONE },
	'/report': { at: ({ page }) => `/report?page=${page}`, sees: NONE },
	'/report/receipt': { at: fixed('/report/receipt'), sees: NONE },
	'/reports/:id': { at: fixed('/reports/1'), sees: NONE },
	'/people/report': { at: fixed('/people/report'), sees: NONE },
	'/posts/:id/report': { at: ({ id }) => `/posts/${id}/report`, sees: READ },
	'/staff/calendar': { at: fixed('/staff/calendar'), sees: NONE },
	'/staff/newcomers': { at: fixed('/staff/newcomers'), sees: NONE },
	'/staff/newcomers/:handle': { at: fixed('/staff/newcomers/ana'), sees: NONE },
	'/staff/offices': { at: fixed('/staff/offices'), sees: NONE },
	'/you/office': { at: fixed('/you/office'), sees: NONE },
	'/staff/team': { at: fixed('/staff/team'), sees: NONE },
	'/staff/team/:id': { at: fixed('/staff/team/x'), sees: NONE },
	'/staff/parents': { at: fixed('/staff/parents'), sees: NONE },
	'/staff/servers': { at: fixed('/staff/servers'), sees: NONE },
	'/staff/servers/propose': { at: fixed('/staff/servers/propose?host=far.example'), sees: NONE },
	'/staff/servers/preview.json': { at: fixed('/staff/servers/preview.json?host=far.example'), sees: NONE },
	'/staff/proposals/:id': { at: fixed('/staff/proposals/1'), sees: NONE },
	'/asked/:id': { at: fixed('/asked/1'), sees: NONE },
	'/staff/neighborhood': { at: fixed('/staff/neighborhood'), sees: NONE },
	'/asked/together/:id': { at: fixed('/asked/together/1'), sees: NONE },
	'/asked/together/:id/people.csv': { at: fixed('/asked/together/1/people.csv'), sees: NONE },
	'/asked/:id/people.csv': { at: fixed('/asked/1/people.csv'), sees: NONE },
	'/staff/posts/:id/decide': {
		at: ({ id }) => `/staff/posts/${id}/decide`,
		sees: {
			...NONE,
			branch: ['a host without an account'],
			neighborhood: ['a host without an account'],
			public: ['a host without an account'],
		},
	},
	'/staff/people/:handle/decide': { at: fixed('/staff/people/ana/decide'), sees: NONE },
	'/staff/decisions': { at: fixed('/staff/decisions'), looksFor: 'hidden', sees: NONE },
	'/staff/decisions/:id': {
		at: ({ hidden }) => `/staff/decisions/${hidden?.decision ?? NO_UUID}`,
		looksFor: 'hidden',
		sees: decidedFor(['a host without an account']),
	},
	'/staff/decisions/:id/paper': {
		at: ({ hidden }) => `/staff/decisions/${hidden?.decision ?? NO_UUID}/paper`,
		looksFor: 'hidden',
		sees: NONE,
	},
	'/staff/decisions/:id/audit': {
		at: ({ hidden }) => `/staff/decisions/${hidden?.decision ?? NO_UUID}/audit`,
		sees: NONE,
		note: 'for auditors alone',
	},
	'/staff/decisions/:id/record': {
		at: ({ hidden }) => `/staff/decisions/${hidden?.decision ?? NO_UUID}/record`,
		looksFor: 'hidden',
		sees: NONE,
	},
	'/staff/records': { at: fixed('/staff/records'), sees: NONE },
	'/staff/records/:id': { at: fixed('/staff/records/1'), sees: NONE },
	'/notices/:id/records': { at: ({ notice }) => `/notices/${notice}/records`, sees: NONE },
	'/staff/posts/:id/seal': {
		at: ({ id }) => `/staff/posts/${id}/seal`,
		sees: NONE,
		note: 'the post is described',
	},
	'/staff/quarantine': { at: fixed('/staff/quarantine'), sees: NONE },
	'/staff/quarantine/:id': { at: fixed('/staff/quarantine/1'), sees: NONE },
	'/notices/:id/release': { at: ({ notice }) => `/notices/${notice}/release`, sees: NONE },
	'/released': { at: fixed('/released'), sees: NONE, note: 'by a code in a form, for one case' },
	'/staff/decisions/:id/office': {
		at: ({ hidden }) => `/staff/decisions/${hidden?.decision ?? NO_UUID}/office`,
		looksFor: 'hidden',
		sees: NONE,
	},
	'/staff/requests': { at: fixed('/staff/requests'), sees: NONE },
	'/staff/requests/:id': { at: fixed('/staff/requests/1'), sees: NONE },
	'/staff/second': { at: fixed('/staff/second'), sees: NONE },
	'/staff/handed': { at: fixed('/staff/handed'), sees: NONE },
	'/staff/nights': { at: fixed('/staff/nights'), sees: NONE },
	'/you/waiting': { at: fixed('/you/waiting'), sees: NONE },
	'/spaces/:id': {
		at: fixed('/spaces/1'),
		sees: NONE,
		note: 'what was written into that space; none of these posts was',
	},
	'/staff/spaces': { at: fixed('/staff/spaces'), sees: NONE },
	'/staff/words': { at: fixed('/staff/words'), sees: NONE },
	'/api/v1/admin/acts': { at: fixed('/api/v1/admin/acts'), sees: NONE },
	'/api/v1/admin/decisions': { at: fixed('/api/v1/admin/decisions'), sees: NONE },
	'/api/v1/admin/decisions/:id': { at: fixed('/api/v1/admin/decisions/1'), sees: NONE },
	'/staff/retention': { at: fixed('/staff/retention'), sees: NONE },
	'/staff/accesses': { at: fixed('/staff/accesses'), sees: NONE },
	'/staff/appeals': { at: fixed('/staff/appeals'), looksFor: 'appealed', sees: NONE },
	'/staff/appeals/:id': {
		at: ({ appealed }) => `/staff/appeals/${appealed?.appeal ?? NO_UUID}`,
		looksFor: 'appealed',
		sees: decidedFor(['a host without an account', 'a host of another branch']),
	},
	'decided: its page': {
		at: ({ hidden }) => hidden?.page ?? '/@ana/1',
		looksFor: 'hidden',
		sees: NONE,
		note: 'hidden by a host',
	},
	'decided: the notice of it': {
		at: ({ hidden }) => hidden?.notice ?? '/notices/1',
		looksFor: 'hidden',
		sees: decidedFor(['the author']),
	},
	'decided: its board': { at: fixed('/home'), looksFor: 'hidden', sees: NONE },
	'decided: its public page': { at: fixed('/@ana'), looksFor: 'hidden', sees: NONE },
	'decided: its feed': { at: fixed('/@ana/feed.atom'), looksFor: 'hidden', sees: NONE },
	'decided: its search': { at: fixed('/search?q=xsh'), looksFor: 'hidden', sees: NONE },
	'decided: on the wire': {
		at: ({ hidden }) => hidden?.wire ?? '/ap/users/1/statuses/1',
		wire: true,
		looksFor: 'hidden',
		sees: NONE,
	},
	'/staff/voice': { at: fixed('/staff/voice'), sees: NONE },
	'/feed.atom': { at: fixed('/feed.atom'), sees: EVERYBODY_PUBLIC },
	'/robots.txt': { at: fixed('/robots.txt'), looksFor: 'address', sees: NONE },
	'/sitemap.xml': {
		at: fixed('/sitemap.xml'),
		looksFor: 'address',
		sees: EVERYBODY_PUBLIC,
		note: 'she said that search engines may list her',
	},
	'/api/oembed': {
		at: ({ page, origin }) => `/api/oembed?url=${encodeURIComponent(origin + page)}`,
		sees: EVERYBODY_PUBLIC,
	},
	'preview: in its page': {
		at: ({ page }) => page,
		looksFor: 'preview',
		sees: { ...NONE, public: ['nobody', 'a stranger’s server', 'a neighbor’s server'] },
		note: 'OpenGraph, for whoever is not signed in',
	},
	'/@:handle/feed.atom': { at: fixed('/@ana/feed.atom'), sees: EVERYBODY_PUBLIC },
	'/you/away': { at: fixed('/you/away'), sees: NONE },
	'/search': { at: fixed('/search?q=xst'), sees: READ },
	'/lists': { at: fixed('/lists'), sees: NONE },
	'/lists/:id': { at: ({ list }) => list, sees: all(['the author']), note: 'the list is the author’s own' },
	'/you/filters': { at: fixed('/you/filters'), sees: NONE },
	'/you/followers': { at: fixed('/you/followers'), sees: NONE },
	'/you/import': { at: fixed('/you/import'), sees: NONE },
	'/you/import/:id': { at: fixed('/you/import/1'), sees: NONE },
	'/you/import/:id/left.csv': { at: fixed('/you/import/1/left.csv'), sees: NONE },
	'/you/leave': { at: fixed('/you/leave'), sees: NONE },
	'/media/:id.:ending': {
		at: ({ media }) => media,
		looksFor: 'bytes',
		sees: {
			branch: [...PEOPLE, 'a host without an account'],
			neighborhood: [...PEOPLE, 'a neighbor’s server', 'a host without an account'],
			public: OPEN.public,
			followers: READ.followers,
			direct: READ.direct,
		},
	},
	'/posts/:id/emoji/:name.webp': { at: ({ emoji }) => emoji, looksFor: 'bytes', sees: READ },
	'/people/:id/emoji/:name.webp': { at: fixed('/people/1/emoji/xst.webp'), sees: NONE },
	'/events': { at: fixed('/events'), looksFor: 'event', sees: EVENTS },
	'/events/mine': { at: fixed('/events/mine'), sees: NONE, looksFor: 'event' },
	'/events/mine.ics': { at: fixed('/events/mine.ics'), sees: NONE, looksFor: 'event' },
	'/events.ics': { at: fixed('/events.ics'), looksFor: 'event', sees: EVERYBODY_PUBLIC },
	'/events/:id/edit': {
		at: ({ event }) => (event === null ? '/events/1/edit' : `/events/${event}/edit`),
		looksFor: 'event',
		sees: {
			...NONE,
			branch: ['the author'],
			neighborhood: ['the author'],
			public: ['the author'],
		},
		note: 'the event is the author’s own',
	},
	'/events/new': { at: fixed('/events/new'), sees: NONE },
	'/staff/events/new': { at: fixed('/staff/events/new'), sees: NONE },
	'/events/:id.ics': {
		at: ({ event }) => (event === null ? '/events/1.ics' : `/events/${event}.ics`),
		looksFor: 'event',
		sees: EVENTS,
	},
	'/tags/:tag': { at: fixed('/tags/xstopic'), sees: { ...OPEN, public: OPEN.public } },
	'/posts/:id/edit': { at: ({ id }) => `/posts/${id}/edit`, sees: OWN },
	'/@:handle/:id': { at: ({ page }) => page, sees: OPEN },
	'/@:handle/:id/history': { at: ({ page }) => `${page}/history`, sees: OPEN },
	'/you/move': { at: fixed('/you/move'), sees: NONE },
	'/find': { at: fixed('/find?address=ana'), sees: NONE },
	'/you': { at: fixed('/you'), sees: NONE },
	'/@:handle': { at: fixed('/@ana'), sees: OPEN },
	'wire: post': {
		at: ({ wire }) => wire,
		wire: true,
		sees: { ...NONE, neighborhood: ['a neighbor’s server'], public: READERS },
	},
	'wire: post, its activity': {
		at: ({ wire }) => `${wire}/activity`,
		wire: true,
		sees: { ...NONE, neighborhood: ['a neighbor’s server'], public: READERS },
	},
	'wire: post, what answers it': {
		at: ({ wire }) => `${wire}/replies`,
		wire: true,
		looksFor: 'bytes',
		sees: { ...NONE, neighborhood: ['a neighbor’s server'], public: READERS },
	},
	'wire: post, its conversation': {
		at: ({ id }) => `/ap/contexts/${id}`,
		wire: true,
		looksFor: 'bytes',
		sees: { ...NONE, neighborhood: ['a neighbor’s server'], public: READERS },
	},
	'wire: quote': { at: ({ quote }) => quote?.wire ?? '/ap/users/1/statuses/1', wire: true, sees: NONE },
	'wire: quote, its activity': {
		at: ({ quote }) => `${quote?.wire ?? '/ap/users/1/statuses/1'}/activity`,
		wire: true,
		sees: NONE,
	},
	'wire: quote, that it may be': {
		at: ({ quote }) => quote?.stamp ?? '/ap/users/1/quote_authorizations/00000000',
		wire: true,
		looksFor: 'bytes',
		sees: { ...NONE, neighborhood: ['a neighbor’s server'], public: READERS },
	},
	'wire: outbox': { at: ({ actor }) => `${actor}/outbox`, wire: true, sees: EVERYBODY_PUBLIC },
	'wire: actor': { at: ({ actor }) => actor, wire: true, sees: NONE },
	'wire: followers': { at: ({ actor }) => `${actor}/followers`, wire: true, sees: NONE },
	'wire: following': { at: ({ actor }) => `${actor}/following`, wire: true, sees: NONE },
	'wire: pins': { at: ({ actor }) => `${actor}/collections/featured`, wire: true, sees: NONE },
	'wire: neighbors': { at: fixed('/ap/neighbors'), wire: true, sees: NONE },
	'wire: branch': { at: fixed('/ap/actor'), wire: true, sees: NONE },
	'wire: followers at the asker’s server': {
		at: ({ actor }) => `${actor}/followers_synchronization`,
		wire: true,
		sees: NONE,
	},
	'wire: branch, its outbox': { at: fixed('/ap/actor/outbox'), wire: true, sees: NONE },
	'wire: branch, its followers': { at: fixed('/ap/actor/followers'), wire: true, sees: NONE },
	'wire: webfinger': {
		at: fixed('/.well-known/webfinger?resource=acct:ana@north'),
		wire: true,
		sees: NONE,
	},
	'wire: nodeinfo, its address': { at: fixed('/.well-known/nodeinfo'), wire: true, sees: NONE },
	'wire: nodeinfo': { at: fixed('/nodeinfo/2.1'), wire: true, sees: NONE },
};

/** The same table as a page of the docs. */
/** Does this reader find it there? On the porch people are nobody, though this one follows the author and is named. */
export function finds(row: Row, scope: Scope, who: Who): boolean {
	return row.sees[scope].includes(who === 'somebody on the porch' ? 'nobody' : who);
}

export function scopeDocument(): string {
	const everybody = READERS.length - 1;
	const cell = (who: readonly Who[]) =>
		who.length === everybody ? 'everybody' : who.length === 0 ? '—' : who.join(', ');
	const rows = Object.entries(ROWS).map(
		([name, { sees }]) => `| \`${name}\` | ${SHOWN.map((scope) => cell(sees[scope])).join(' | ')} |`,
	);
	return [
		'# Who reads a post, and where',
		'',
		'Made from `packages/branch/test/scope-table.ts` by `npm run scopes`; a test asks every address of this table as every reader, and fails when',
		'a route of the branch is not in it. The author is ana of the branch; everybody else asks at her branch. What is named “wire” is asked for as',
		'ActivityPub, “quote” at a post that quotes it: by somebody else of the branch, or by ana where nobody else may. Somebody on the porch, whoever',
		'they are to her, finds at every address what nobody finds.',
		'',
		`| address | ${SHOWN.join(' | ')} |`,
		`|---|${SHOWN.map(() => '---').join('|')}|`,
		...rows,
		'',
	].join('\n');
}
