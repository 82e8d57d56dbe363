namespace CoreEngine.Graphs;

/// <summary>Names as messages list them: a network can have thousands of variables.</summary>
internal static class NameList
{
    private const int MostListed = 8;
    private const int MostSimilar = 3;

    // Two letters off, or swapped: more is another word.
    private const int MostEdits = 2;

    /// <summary>The names, cut when there are many.</summary>
    internal static string Of(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return all.Length == 0 ? "none"
            : all.Length <= MostListed ? string.Join(", ", all)
            : $"{string.Join(", ", all.Take(MostListed))} and {all.Length - MostListed} more";
    }

    /// <summary>The names, as a sentence's end; then those that somebody may have meant who wrote another.</summary>
    internal static string Of(IEnumerable<string> names, string wanted)
    {
        string[] all = [.. names];
        string[] similar =
        [
            .. all.Select(name => (Name: name, Edits: Edits(name, wanted)))
                .Where(pair =>
                    pair.Edits <= MostEdits || pair.Name.Contains(wanted, StringComparison.OrdinalIgnoreCase)
                )
                .OrderBy(pair => pair.Edits)
                .Take(MostSimilar)
                .Select(pair => pair.Name),
        ];
        string end = similar.Length == 0 ? "." : $". Did you mean {string.Join(" or ", similar)}?";
        return Of(all) + end;
    }

    /// <summary>The edit distance of Levenshtein, letters of either case being equal.</summary>
    private static int Edits(string from, string to)
    {
        if (Math.Abs(from.Length - to.Length) > MostEdits)
            return int.MaxValue;
        int[] row = [.. Enumerable.Range(0, to.Length + 1)];
        for (int i = 0; i < from.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i + 1;
            for (int j = 0; j < to.Length; j++)
            {
                bool isSame = char.ToUpperInvariant(from[i]) == char.ToUpperInvariant(to[j]);
                int replaced = diagonal + (isSame ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(replaced, 1 + Math.Min(row[j], row[j + 1]));
            }
        }

        return row[^1];
    }
}
