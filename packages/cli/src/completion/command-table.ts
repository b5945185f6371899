import type { Command } from 'commander';

/** What may follow a command. */
export interface CommandWords {
	/** The words of the command, without its program: `branch suspend`; empty for the program itself. */
	readonly path: string;
	/** Words that may follow: commands under it, options, and what its arguments may be where only a few are; each with what it does. */
	readonly words: readonly { readonly word: string; readonly says: string }[];
}

/** Every command of a program with what may follow it, from the same table the words of the command are read by. */
export function commandTable(program: Command, path = ''): CommandWords[] {
	const help = program.createHelp();
	const below = help.visibleCommands(program).filter((command) => command.name() !== 'help');
	const words = [
		...below.map((command) => ({ word: command.name(), says: command.description() })),
		...program.registeredArguments.flatMap(({ argChoices }) =>
			(argChoices ?? []).map((word) => ({ word, says: '' })),
		),
		...help
			.visibleOptions(program)
			.map(({ long, short, description }) => ({ word: long ?? short!, says: description })),
	];
	return [
		{ path, words },
		...below.flatMap((command) =>
			commandTable(command, path === '' ? command.name() : `${path} ${command.name()}`),
		),
	];
}
