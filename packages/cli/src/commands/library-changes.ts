import type { Address, Library, LibraryChange, NewLibrary, Witness } from '@understory/api-client/api.ts';
import { BadInput } from '@understory/core/errors.ts';
import type { Command } from 'commander';
import type { Session } from '../parts.ts';
import type { Row } from '../table.ts';

/** `understory library create`, `understory library change`. */
export function libraryChanges(library: Command, session: Session): void {
	library
		.command('create')
		.argument('<library>', 'its name in addresses, such as multnomah; it stays for ever')
		.requiredOption('--name <name>', 'its name for people')
		.requiredOption('--region <region>', 'such as OR')
		.requiredOption('--zone <zone>', 'the time of its clocks, such as America/Los_Angeles')
		.option('--language <code...>', 'en, es or both')
		.option('--card-digits <number>', 'how many digits its cards have')
		.option('--street <street>')
		.option('--city <city>')
		.option('--postcode <postcode>')
		.option('--phone <phone>')
		.description('make a library')
		.action(async (slug: string, given: Created) => {
			const made = await session.api().call('createLibrary', { body: newLibrary(slug, given) });
			session.showOne(made, libraryRow(made));
		});
	library
		.command('change')
		.argument('<library>')
		.option('--name <name>', 'its name for people')
		.option('--zone <zone>', 'the time of its clocks, such as America/Los_Angeles')
		.option('--phone <phone>')
		.option('--no-phone', 'it has none')
		.option('--card-digits <number>', 'how many digits its cards have')
		.option('--no-card-digits', 'cards have any number of digits')
		.option('--witness <key-and-address...>', 'who signs its log too, each as "KEY https://…"; all of them')
		.option('--no-witness', 'nobody else signs its log')
		.option('--watch <key...>', 'the logs of others that it signs, by their keys; all of them')
		.option('--no-watch', 'it signs the log of nobody else')
		.description('change a library; what is not said stays as it is')
		.action(async (slug: string, given: Changed) => {
			const body = changeOf(given);
			if (Object.keys(body).length === 0) throw new BadInput('Say what is to be changed, such as --name.');
			const now = await session.api().call('changeLibrary', { params: { library: slug }, body });
			session.showOne(now, libraryRow(now));
		});
}

/** A library as lines of name and value. */
export function libraryRow(one: Library): Row {
	return {
		library: one.slug,
		name: one.name,
		region: one.region,
		zone: one.zone,
		languages: one.languages.join(', '),
		'card sign-in': one.card_origin,
		accountability: one.accountability_origin,
		'digits on a card': one.card_digits,
		phone: one.phone,
	};
}

interface Created {
	readonly name: string;
	readonly region: string;
	readonly zone: string;
	readonly language?: ('en' | 'es')[];
	readonly cardDigits?: string;
	readonly street?: string;
	readonly city?: string;
	readonly postcode?: string;
	readonly phone?: string;
}

/** `false` of an option is its `--no-…`. */
interface Changed {
	readonly name?: string;
	readonly zone?: string;
	readonly phone?: string | false;
	readonly cardDigits?: string | false;
	readonly witness?: readonly string[] | false;
	readonly watch?: readonly string[] | false;
}

function newLibrary(slug: string, given: Created): NewLibrary {
	const { name, region, zone, language, cardDigits, phone } = given;
	const address = addressIn(given);
	return {
		...{ slug, name, region, zone },
		...(language && { languages: language }),
		...(cardDigits !== undefined && { card_digits: digitsIn(cardDigits) }),
		...(address && { address }),
		...(phone && { phone }),
	};
}

function addressIn({ street, city, postcode, region }: Created): Address | null {
	if (street === undefined && city === undefined && postcode === undefined) return null;
	if (street === undefined || city === undefined || postcode === undefined)
		throw new BadInput('Of an address say --street, --city and --postcode.');
	return { street, city, region, postcode };
}

function changeOf({ name, zone, phone, cardDigits, witness, watch }: Changed): LibraryChange {
	return {
		...(name !== undefined && { name }),
		...(zone !== undefined && { zone }),
		...(phone !== undefined && { phone: phone === false ? null : phone }),
		...(cardDigits !== undefined && { card_digits: cardDigits === false ? null : digitsIn(cardDigits) }),
		...(witness !== undefined && { witnesses: witness === false ? [] : witness.map(witnessIn) }),
		...(watch !== undefined && { watches: watch === false ? [] : watch }),
	};
}

function digitsIn(text: string): number {
	if (!/^\d{1,2}$/.test(text)) throw new BadInput(`--card-digits takes a number, not "${text}".`);
	return Number(text);
}

function witnessIn(text: string): Witness {
	const [, vkey, url] = /^(\S+)\s+(\S+)$/.exec(text) ?? [];
	if (vkey === undefined || url === undefined)
		throw new BadInput(`Write --witness "KEY https://…", not "${text}".`);
	return { vkey, url };
}
