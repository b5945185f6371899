import { parseArgs } from 'node:util';
import { demoDeck } from './deck.ts';
import { startIls } from './server.ts';
import { MANNERS, type MannerName } from './simulator/makers.ts';

/**
 * `node simulate.ts [--port 6001] [--manner koha] [--seed anytown]`: a catalogue of invented patrons on this machine, until it is interrupted. Says where it
 * is and which cards it knows. Exit code 2 when it was asked for what it has not.
 */
async function main(args: readonly string[]): Promise<number> {
	const { values } = parseArgs({
		args: [...args],
		options: {
			port: { type: 'string', default: '6001' },
			manner: { type: 'string', default: 'sipserver' },
			seed: { type: 'string', default: 'anytown' },
		},
	});
	if (!Object.hasOwn(MANNERS, values.manner)) {
		console.error(`There is no ${values.manner}. There are: ${Object.keys(MANNERS).join(', ')}.`);
		return 2;
	}
	const login = { user: 'scclient', password: 'clientpwd' };
	const deck = demoDeck(values.seed, new Date().getFullYear());
	const ils = await startIls({ deck, login, port: Number(values.port), manner: values.manner as MannerName });
	console.log(
		`${values.manner} speaks SIP2 on 127.0.0.1:${ils.port}. Login: ${login.user} / ${login.password}`,
	);
	for (const { card, pin, state, kind, name } of deck)
		console.log(`${card}  ${pin}  ${state} ${kind}  ${name}`);
	process.once('SIGINT', () => void ils.close());
	process.once('SIGTERM', () => void ils.close());
	return 0;
}

process.exitCode = await main(process.argv.slice(2));
