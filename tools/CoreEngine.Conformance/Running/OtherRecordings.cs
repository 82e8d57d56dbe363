namespace CoreEngine.Conformance;

/// <summary>
/// Recordings of parts that this version does not have. They are counted as skipped, one for each file, so that a run
/// never looks more complete than it is.
/// </summary>
internal static class OtherRecordings
{
    private const string Group = "(other recordings)";

    private static readonly (string Folder, string Extension, string Missing)[] s_families =
    [
        ("frontend", ".json", "recordings of a frontend, not of the core"),
        ("iterators", "ndarrayiter.json", "recordings of a frontend, not of the core"),
    ];

    /// <summary>One outcome for each such file.</summary>
    public static IEnumerable<CaseOutcome> In(GoldenFolder folder) =>
        s_families.SelectMany(family =>
            folder
                .Names(family.Folder, family.Extension)
                .Select(name =>
                    Path.Combine(family.Folder, name + family.Extension).Replace("./", "", StringComparison.Ordinal)
                )
                .Where(id => id != OptimizerCases.File)
                .Select(id => new CaseOutcome(Group, $"{Group}/{id}", CaseStatus.Unsupported, 0, family.Missing))
        );
}
