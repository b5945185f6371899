import { createHash } from 'node:crypto';
import { emailOf } from '@understory/core/contact.ts';
import { SOFTWARE } from '@understory/core/software.ts';
import { takesNewcomers } from '@understory/core/stage.ts';
import { isAnswering } from '../../services/outbox.ts';
import { levelRow } from '../../services/restricting/levels.ts';
import { isOver } from '../../services/restricting/restrictions.ts';
import { countPeople, countSeenSince } from '../../store/people.ts';
import { countPosts } from '../../store/posts.ts';
import { countHosts } from '../../store/remote-actors.ts';
import { restrictions, serverDecisionById } from '../../store/restrictions.ts';
import { doorView } from '../door.ts';
import { say } from '../frame.ts';
import { PLATE } from '../plate.ts';
import { sightOf } from '../routes/who-can-see.ts';
import type { Visit } from '../visit.ts';
import type { Web } from '../web.ts';
import { limits } from './limits.ts';

const MONTH = 30 * 24 * 60 * 60_000;

/**
 * What a branch says of itself in the words of Mastodon's API (docs.joinmastodon.org/methods/instance). Everything is from its register, its
 * policies, its door and its store; what Mastodon has and a branch has not is said as nothing, never made up: a branch has no mailbox,
 * and an account begins with a library card, at the address in `registrations`.
 */

/** `GET /api/v2/instance`. */
export function instance(web: Web, visit: Visit) {
	const { branch, library, origin } = branchOf(web);
	const newcomers = takesNewcomers(branch.stage);
	return {
		domain: new URL(origin).host,
		title: branch.name,
		version: SOFTWARE.version,
		source_url: '',
		description: lead(web, visit),
		usage: { users: { active_month: counts(web).active } },
		thumbnail: { url: `${origin}${PLATE}` },
		icon: [],
		languages: library.languages,
		configuration: {
			urls: {
				streaming: null,
				status: null,
				about: `${origin}/about`,
				privacy_policy: `${origin}/who-can-see`,
				terms_of_service: null,
			},
			...limits(),
			translation: { enabled: false },
			limited_federation: branch.federation !== 'open',
		},
		registrations: {
			enabled: newcomers,
			approval_required: false,
			reason_required: false,
			message: newcomers ? null : web.views.design.t(visit.language, `common.stage.${branch.stage}`),
			min_age: null,
			url: `${origin}/signin`,
		},
		// Nothing of the API of accounts and posts is here yet.
		api_versions: { mastodon: 0 },
		contact: { email: emailOf(web.context.current.contacts(), branch.id) ?? '', account: null },
		rules: rules(web, visit),
	};
}

/** `GET /api/v1/instance`, which older apps ask for. */
export function olderInstance(web: Web, visit: Visit) {
	const { branch, library, origin } = branchOf(web);
	const { people, posts, hosts } = counts(web);
	const { host } = new URL(origin);
	return {
		uri: host,
		title: branch.name,
		short_description: lead(web, visit),
		description: lead(web, visit),
		email: emailOf(web.context.current.contacts(), branch.id) ?? '',
		version: SOFTWARE.version,
		// An address has to be here; nothing answers at it, and apps then ask again from time to time.
		urls: { streaming_api: `${origin.replace(/^http/, 'ws')}` },
		stats: { user_count: people, status_count: posts, domain_count: hosts },
		thumbnail: `${origin}${PLATE}`,
		languages: library.languages,
		registrations: takesNewcomers(branch.stage),
		approval_required: false,
		invites_enabled: false,
		configuration: limits(),
		contact_account: null,
		rules: rules(web, visit),
	};
}

/** `GET /api/v1/instance/rules`: the rules of the policies in force, in the library's language and in the others they are written in. */
export function rules(web: Web, visit: Visit) {
	const { library } = branchOf(web);
	const inForce = web.context.current.policies();
	return inForce.flatMap((policy) =>
		policy.rules.map((rule) => {
			const said = (language: string) => ({ text: rule.title[language], hint: rule.text[language] });
			const languages = library.languages.filter((one) => rule.title[one] && rule.text[one]);
			return {
				id: `${policy.id}/${rule.id}`,
				text: rule.title[visit.language] ?? rule.title.en ?? '',
				hint: rule.text[visit.language] ?? rule.text.en ?? '',
				translations: Object.fromEntries(languages.map((one) => [one, said(one)])),
			};
		}),
	);
}

/** `GET /api/v1/instance/extended_description`: what it is, whom to knock on, and with whom it exchanges posts. */
export function extendedDescription(web: Web, visit: Visit) {
	const { branch, library } = branchOf(web);
	const content = fragment(web, visit, 'instance', {
		branch: branch.name,
		library: library.name,
		address: branch.address,
		door: doorView(web, visit),
		federation: say(web, visit, `about.federation.${branch.federation}`),
	});
	return { updated_at: saidAt(web), content };
}

/** `GET /api/v1/instance/privacy_policy`: who can see what, as the page says it (DESIGN 4.12). */
export function privacyPolicy(web: Web, visit: Visit) {
	const data = { ...sightOf(web, visit), branch: branchOf(web).branch.name };
	return { updated_at: saidAt(web), content: fragment(web, visit, 'who-can-see', data) };
}

function branchOf({ context }: Web) {
	return { branch: context.current.branch(), library: context.current.library(), origin: context.origin };
}

function lead(web: Web, visit: Visit): string {
	const { branch, library } = branchOf(web);
	return say(web, visit, 'about.lead', { branch: branch.name, library: library.name });
}

function fragment(web: Web, visit: Visit, view: string, data: object): string {
	const { zone } = web.context.current.library();
	const reader = { language: visit.language, zone, now: web.context.clock.now() };
	return web.views.design
		.fragment(`branch/${view}`, data, reader)
		.replace(/>\s*\n\s*</g, '><')
		.trim();
}

/** When the library said last what it says of this branch. */
function saidAt({ context }: Web): string {
	const register = context.current.register()?.issued ?? 0;
	return new Date(Math.max(register, context.desired().issued)).toISOString();
}

/** Counted for other servers as NodeInfo counts: a branch that speaks with none tells none. */
function counts({ context }: Web) {
	if (!isAnswering(context)) return { people: 0, active: 0, posts: 0, hosts: 0 };
	return context.store.read((reading) => ({
		people: countPeople(reading),
		active: countSeenSince(reading, context.clock.now() - MONTH),
		posts: countPosts(reading),
		hosts: countHosts(reading),
	}));
}

/** `GET /api/v1/instance/domain_blocks`: what is kept away, in Mastodon's words; what it has no word for is left out, and stands at `/servers`. */
export function domainBlocks({ context }: Web) {
	const now = context.clock.now();
	return context.store.read((reading) =>
		restrictions(reading)
			.map((one) => ({ ...one, severity: levelRow(one.level).severity }))
			.filter((one) => one.severity !== 'noop' && !isOver(one, now))
			.map(({ host, severity, decision }) => ({
				domain: host,
				digest: createHash('sha256').update(host).digest('hex'),
				severity,
				comment: serverDecisionById(reading, decision)?.reason ?? '',
			})),
	);
}
