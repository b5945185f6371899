import { Argument, type Command } from 'commander';
import { type CommandWords, commandTable } from '../completion/command-table.ts';
import { bashScript, fishScript, zshScript } from '../completion/scripts.ts';
import type { Session } from '../parts.ts';

const SCRIPTS: Readonly<Record<string, (table: readonly CommandWords[]) => string>> = {
	bash: bashScript,
	zsh: zshScript,
	fish: fishScript,
};

/** `understory completion`: a script with which a shell completes the words of this command. */
export function completionCommands(program: Command, session: Session): void {
	program
		.command('completion')
		.addArgument(new Argument('<shell>').choices(Object.keys(SCRIPTS)))
		.description('print a script with which your shell completes the words of this command')
		.action((shell: string) => {
			session.out(SCRIPTS[shell]!(commandTable(program)));
		});
}
