import type { SignIn, SignInSettings } from '@understory/api-client/api.ts';
import type { ApiClient } from '@understory/api-client/client.ts';
import { PublicError } from '@understory/core/errors.ts';
import type { Command } from 'commander';
import { EXIT } from '../exit-code.ts';
import { readJsonObject } from '../json-file.ts';
import type { Session } from '../parts.ts';
import { follow } from '../progress.ts';

/** `understory sign-in …`: how a library checks its cards. */
export function signInCommands(program: Command, session: Session): void {
	const signIn = program.command('sign-in').description('how a library checks its cards');
	signIn
		.command('show')
		.argument('<library>')
		.description('show the settings as JSON, with dots in place of secrets')
		.action(async (library: string) => {
			const { settings } = await session.api().call('getSignIn', { params: { library } });
			session.showText(settings, `${JSON.stringify(settings, null, '\t')}\n`);
		});
	signIn
		.command('set')
		.argument('<library>')
		.argument('<file>', 'with the settings as JSON; `version` is filled in')
		.description('change the settings')
		.action(async (library: string, file: string) => {
			const api = session.api();
			const typed = await readJsonObject(session, file);
			const version = ((await settingsOf(api, library))?.settings.version ?? 0) + 1;
			const body = { ...typed, version } as SignInSettings;
			const kept = await api.call('changeSignIn', { params: { library }, body });
			session.say(`Kept as version ${kept.settings.version}, state ${kept.settings.state}.\n`);
		});
	signIn
		.command('alerts')
		.argument('<library>')
		.description('what went wrong in the last thirty days; ends with 1 when something did in the last day')
		.action(async (library: string) => showAlerts(session, library));
	signIn
		.command('test')
		.argument('<library>')
		.description('try the settings against the catalogue')
		.action(async (library: string) => {
			const api = session.api();
			const params = { library };
			await follow(
				session,
				api,
				await api.call('startSignInOperation', { params, body: { kind: 'test' } }),
				true,
			);
			const { report } = await api.call('getSignIn', { params });
			session.show(
				['step', 'outcome', 'why', 'ms'],
				report?.steps ?? [],
				({ step, outcome, why, milliseconds }) => ({
					step,
					outcome,
					why,
					ms: milliseconds,
				}),
			);
		});
}

async function showAlerts(session: Session, library: string): Promise<void> {
	const { items } = await session.api().call('listSignInAlerts', { params: { library } });
	const minute = (at: number) => `${new Date(at).toISOString().slice(0, 16)}Z`;
	session.show(['what', 'since', 'last', 'now'], items, ({ kind, since, last, now }) => ({
		what: kind,
		since: minute(since),
		last: minute(last),
		now: now ? 'yes' : 'no',
	}));
	if (items.some(({ now }) => now)) session.end(EXIT.refused);
}

async function settingsOf(api: ApiClient, library: string): Promise<SignIn | null> {
	return api.call('getSignIn', { params: { library } }).catch((error: unknown) => {
		if (error instanceof PublicError && error.status === 404) return null;
		throw error;
	});
}
