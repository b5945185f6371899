import type { Body, Contact, ContactChange, ContactPlan, NewContact } from '@understory/api-client/api.ts';
import { BadInput } from '@understory/core/errors.ts';
import type { Command } from 'commander';
import { readJson, readJsonObject } from '../json-file.ts';
import type { Session } from '../parts.ts';

/** `understory contact …`: whom the people of a library can turn to outside of it. */
export function contactCommands(program: Command, session: Session): void {
	const contact = program.command('contact').description('the offices that people of a library can turn to');
	contact
		.command('list')
		.argument('<library>')
		.description('list them, and how each stands')
		.action(async (library: string) => {
			const { items } = await session.api().call('listContacts', { params: { library } });
			session.show(['contact', 'role', 'name', 'body', 'branch', 'checked', 'broken'], items, rowOf);
		});
	contact
		.command('add')
		.argument('<library>')
		.argument('<file>', 'with the contact as JSON: role, name, body, phone, email, …')
		.description('add one')
		.action(async (library: string, file: string) => {
			const body = (await readJsonObject(session, file)) as NewContact;
			const made = await session.api().call('createContact', { params: { library }, body });
			session.showOne(made, rowOf(made));
		});
	contact
		.command('change')
		.argument('<library>')
		.argument('<contact>', 'its id')
		.argument('[file]', 'with what is otherwise, as JSON')
		.option('--checked', 'somebody looked, and it is right')
		.option('--broken', 'somebody tried it, and nobody answers')
		.description('change one, or say that it was checked or does not work')
		.action(async (library: string, id: string, file: string | undefined, given: Seen) => {
			const body: ContactChange = {
				...(file === undefined ? {} : await readJsonObject(session, file)),
				...(given.checked && { checked: true as const }),
				...(given.broken && { broken: true }),
			};
			if (Object.keys(body).length === 0) throw new BadInput('Name a file, or say --checked or --broken.');
			const params = { library, contact: id };
			const now = await session.api().call('changeContact', { params, body });
			session.showOne(now, rowOf(now));
		});
	contact
		.command('remove')
		.argument('<library>')
		.argument('<contact>', 'its id')
		.description('take one away')
		.action(async (library: string, id: string) => {
			await session.api().call('removeContact', { params: { library, contact: id } });
			session.say('Removed.\n');
		});
	contact
		.command('preview')
		.argument('<library>')
		.argument('<file>', 'a Popolo document, or Legistar OfficeRecords')
		.description('say what a file would change, and the digest that `import` takes')
		.action(async (library: string, file: string) => {
			const body = { file: await readJson(session, file) };
			const plan = await session.api().call('previewContacts', { params: { library }, body });
			showPlan(session, plan);
		});
	contact
		.command('import')
		.argument('<library>')
		.argument('<file>', 'a Popolo document, or Legistar OfficeRecords')
		.requiredOption('--digest <digest>', 'of what was looked at')
		.description('do what the preview of a file said')
		.action(async (library: string, file: string, { digest }: { digest: string }) => {
			const body = { file: await readJson(session, file), digest };
			showPlan(session, await session.api().call('importContacts', { params: { library }, body }));
		});
	contact
		.command('bodies')
		.argument('<library>')
		.option(
			'--have <name=members/quorum...>',
			'how many members each has, such as "City Council=7/4"; all of them',
		)
		.option('--usual', 'as many as it has contacts, and a majority')
		.description('show how many members councils and boards have, or say it')
		.action(async (library: string, { have, usual }: { have?: string[]; usual?: boolean }) => {
			if (usual && have !== undefined) throw new BadInput('Say --have or --usual.');
			const api = session.api();
			const params = { library };
			const items = have?.map(bodyIn) ?? [];
			const bodies =
				usual || have !== undefined
					? (await api.call('changeBodies', { params, body: { items } })).items
					: (await api.call('getLibrary', { params })).bodies;
			session.show(['body', 'members', 'quorum'], bodies, ({ name, members, quorum }: Body) => ({
				...{ body: name, members, quorum: quorum ?? null },
			}));
		});
}

interface Seen {
	readonly checked?: boolean;
	readonly broken?: boolean;
}

function rowOf(one: Contact) {
	const { id, role, name, body, branch, checked_on, broken_on } = one;
	return { contact: id, role, name, body, branch, checked: checked_on, broken: broken_on };
}

function showPlan(session: Session, plan: ContactPlan): void {
	session.showOne(plan, {
		added: plan.added.length,
		changed: plan.changed.length,
		ended: plan.ended.length,
		unchanged: plan.unchanged,
		refused: plan.faults.map(({ field, text }) => `${field}: ${text}`).join(' '),
		digest: plan.digest,
	});
}

function bodyIn(text: string): Body {
	const [, name, members, quorum] = /^(.+)=(\d{1,4})(?:\/(\d{1,4}))?$/.exec(text) ?? [];
	if (name === undefined)
		throw new BadInput(`Write --have "City Council=7" or "City Council=7/4", not "${text}".`);
	return { name, members: Number(members), ...(quorum === undefined ? {} : { quorum: Number(quorum) }) };
}
