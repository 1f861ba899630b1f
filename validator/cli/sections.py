"""Commands whose help lists the options in sections."""

from __future__ import annotations

from typing import Any

import click


class Sectioned(click.Command):
    """A command that lists its options in sections of the help."""

    def __init__(self, *args: Any, sections: dict[str, tuple[str, ...]], **kwargs: Any) -> None:
        """Take `sections`: parameter names by the title of their section, in the order of the help."""
        super().__init__(*args, **kwargs)
        self.sections = sections

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options section by section; options without a section come last."""
        records = {
            param.name: record
            for param in self.get_params(ctx)
            if isinstance(param, click.Option) and (record := param.get_help_record(ctx)) is not None
        }
        titles = {name: title for title, names in self.sections.items() for name in names}
        for title, names in self.sections.items():
            with formatter.section(title):
                formatter.write_dl([records[name] for name in names if name in records])
        rest = [record for name, record in records.items() if name not in titles]
        if rest:
            with formatter.section("Other options"):
                formatter.write_dl(rest)
