extension StatusPage {
    /// How the page looks: on a telephone and a wide screen, in light and dark, on paper and in forced colours.
    static let style = """

        :root {
            color-scheme: light dark;
            --page: #f3f5f7; --card: #fff; --text: #1b2430; --quiet: #55606e; --line: #d5dbe2; --focus: #0b57d0;
            --well: #13693a; --attention: #8a4b00; --trouble: #b3161f;
            --look-1: #0b62b5; --look-2: #00705a; --look-3: #b3460b; --look-4: #8a3a9c;
            --look-5: #7d5a00; --look-6: #b01e63; --look-7: #35567a; --look-8: #55606e;
        }
        @media (prefers-color-scheme: dark) {
            :root {
                --page: #11161c; --card: #1a2129; --text: #e7ecf2; --quiet: #a7b3c0; --line: #37424e; --focus: #8ab8ff;
                --well: #6fd39b; --attention: #f2b75c; --trouble: #ff8f8a;
                --look-1: #6db3ff; --look-2: #4cd0ae; --look-3: #ff9d66; --look-4: #d79be6;
                --look-5: #e6c04f; --look-6: #ff8cb9; --look-7: #a9c3e0; --look-8: #a7b3c0;
            }
        }
        * { box-sizing: border-box; }
        body {
            margin: 0 auto; padding: 1rem; max-width: 76rem; overflow-wrap: break-word;
            background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, sans-serif;
        }
        h1, h2, h3, p, ul, dl, dd, figure { margin: 0; }
        h1 { font-size: 1.25rem; }
        h2 { font-size: 1.25rem; margin-bottom: .5rem; }
        h3 { font-size: 1rem; margin-bottom: .75rem; }
        section { margin-top: 2.25rem; }
        section > p { max-width: 46rem; margin-bottom: .75rem; }
        a { color: var(--focus); }
        code { font: .9375em ui-monospace, monospace; font-weight: 600; }
        :focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
        main:focus { outline: none; }
        .skip { position: absolute; left: -100vw; }
        .skip:focus { position: static; }
        header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: center; justify-content: space-between; }
        .refresh { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: center; color: var(--quiet); font-size: .875rem; }
        .refresh .stale { color: var(--attention); font-weight: 600; }
        button {
            font: inherit; min-width: 5.5rem; padding: .25rem .75rem; border: 1px solid var(--quiet); border-radius: .375rem;
            background: var(--card); color: var(--text); cursor: pointer;
        }
        .health {
            margin-top: 1rem; padding: 1rem 1.25rem; border: 1px solid var(--line); border-left: .5rem solid var(--state);
            border-radius: .5rem; background: var(--card);
        }
        .well { --state: var(--well); }
        .attention { --state: var(--attention); }
        .trouble { --state: var(--trouble); }
        .health h2 { font-size: 1.5rem; line-height: 1.25; color: var(--state); }
        .health ul { padding-left: 1.25rem; margin-bottom: .5rem; overflow-wrap: anywhere; }
        .health p { margin: 0; color: var(--quiet); font-size: .875rem; }
        .figures { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); }
        .figures > div, .card { padding: 1rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); }
        .figures dt { color: var(--quiet); font-size: .875rem; }
        .figures b { font-size: 1.75rem; line-height: 1.25; font-variant-numeric: tabular-nums; }
        .note { color: var(--quiet); font-size: .875rem; }
        .charts { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); }
        .pair { display: grid; gap: 0 2rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); }
        .charts > *, .pair > * { min-width: 0; }
        .charts > .wide { grid-column: 1 / -1; }
        .chart { display: block; width: calc(100% - 4.25rem); margin: .5rem 1rem 0 3.25rem; }
        .chart, .chart svg { overflow: visible; }
        .chart text { fill: var(--quiet); font-size: 12px; font-variant-numeric: tabular-nums; }
        .grid, .tick { stroke: var(--line); }
        .line { fill: none; stroke: var(--look); stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
        .dots { stroke: var(--look); stroke-width: 5; stroke-linecap: round; vector-effect: non-scaling-stroke; }
        .area { fill: var(--look); opacity: .12; }
        .dot { fill: var(--look); stroke: var(--card); }
        .bar { fill: var(--look-1); }
        .look-1 { --look: var(--look-1); }
        .look-2 { --look: var(--look-2); stroke-dasharray: 7 4; }
        .look-3 { --look: var(--look-3); stroke-dasharray: 2 4; }
        .look-4 { --look: var(--look-4); stroke-dasharray: 10 4 2 4; }
        .look-5 { --look: var(--look-5); stroke-dasharray: 12 5; }
        .look-6 { --look: var(--look-6); stroke-dasharray: 4 3 1 3 1 3; }
        .look-7 { --look: var(--look-7); stroke-dasharray: 1 5; }
        .look-8 { --look: var(--look-8); stroke-dasharray: 4 6; }
        .dot, .dots, .area { stroke-dasharray: none; }
        .single .line { stroke-dasharray: none; }
        .legend { list-style: none; padding: 0; margin-top: .75rem; font-size: .875rem; }
        .legend li { display: flex; gap: .5rem; align-items: baseline; }
        .legend span { min-width: 0; overflow-wrap: anywhere; }
        .swatch { flex: none; }
        .scroll { overflow-x: auto; margin-top: .75rem; }
        table { width: 100%; border-collapse: collapse; background: var(--card); border: 1px solid var(--line); }
        .scroll th, .scroll td { padding-inline: .5rem; }
        bdi { display: inline-block; min-width: 9rem; max-width: 24rem; overflow-wrap: anywhere; }
        .whole { white-space: nowrap; }
        caption { padding: 0 0 .5rem; text-align: left; color: var(--quiet); font-size: .875rem; }
        caption span { display: block; max-width: calc(100vw - 2rem); }
        th, td { padding: .5rem .75rem; border-top: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: anywhere; }
        th { font-weight: 400; }
        thead th { font-size: .875rem; font-weight: 600; }
        thead th, .scroll th, .scroll td { overflow-wrap: normal; }
        .number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
        thead .number { white-space: normal; }
        .error { color: var(--quiet); font-size: .875rem; }
        .about td { border-top: 0; padding-top: 0; color: var(--quiet); font-size: .875rem; overflow-wrap: break-word; }
        .bad { color: var(--trouble); }
        footer { margin-top: 2.5rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--quiet); font-size: .875rem; }
        .card p { margin-top: .75rem; font-size: .875rem; }
        @media (max-width: 30rem) {
            .figures { grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); }
            .figures b { font-size: 1.375rem; }
            .figures > :last-child:nth-child(odd) { grid-column: 1 / -1; }
            .card, .figures > div { padding: .75rem; }
            th, td { padding: .375rem .3125rem; font-size: .875rem; }
            td.number { font-size: .8125rem; }
            th[scope=row] { min-width: 6.75rem; }
            .scroll th { min-width: 0; }
            code { font-size: .8125rem; }
        }
        @media (forced-colors: active) {
            .line, .dots, .grid, .tick { stroke: CanvasText; }
            .chart text, .bar, .dot { fill: CanvasText; }
            .grid { opacity: .4; }
            .dots { stroke: var(--look); stroke-width: 5; stroke-linecap: round; vector-effect: non-scaling-stroke; }
        .area { fill: none; }
        }
        @media (prefers-reduced-motion: no-preference) {
            .skip:focus, button { transition: background-color .15s; }
        }
        @media print {
            .refresh, .skip { display: none; }
            .card, section { break-inside: avoid; }
        }

        """
}
