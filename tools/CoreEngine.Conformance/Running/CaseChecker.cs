namespace CoreEngine.Conformance;

/// <summary>Compares what an engine produced for a case with everything that was recorded.</summary>
internal sealed class CaseChecker
{
    private readonly OperatorCase _case;
    private readonly bool _computesInFloat32;
    private double _largestError;

    private CaseChecker(OperatorCase recorded, bool computesInFloat32)
    {
        _case = recorded;
        _computesInFloat32 = computesInFloat32;
    }

    /// <summary>The largest error, and the first thing that is wrong (null when nothing is).</summary>
    public static Comparison Check(OperatorCase recorded, CaseResult actual, bool computesInFloat32)
    {
        var checker = new CaseChecker(recorded, computesInFloat32);
        string? mismatch = checker.First(actual);
        return new Comparison(checker._largestError, mismatch);
    }

    private string? First(CaseResult actual) =>
        _case.OutputsStat is { } statistics
            ? Statistics(statistics, actual.Outputs)
            : List("output", _case.Outputs, actual.Outputs)
                ?? Named("gradient of", _case.Grads ?? [], actual.Grads)
                ?? List("state after forward", _case.AuxAfterForward ?? [], actual.AuxAfterForward)
                ?? List("state at the end", _case.AuxAfter ?? [], actual.AuxAfter)
                ?? Named("input after the call", _case.InputsAfter ?? [], actual.InputsAfter);

    private static string? Statistics(IReadOnlyList<OutputStatistics> expected, IReadOnlyList<DenseArray> actual)
    {
        if (actual.Count != expected.Count)
        {
            return $"{actual.Count} outputs, {expected.Count} were recorded";
        }

        return expected
            .Select((one, i) => StatisticsCheck.Mismatch($"output {i}", one, actual[i]))
            .FirstOrDefault(m => m is not null);
    }

    private string? List(string what, IReadOnlyList<GoldenArray> expected, IReadOnlyList<DenseArray> actual)
    {
        if (expected.Count > 0 && actual.Count != expected.Count)
        {
            return $"{actual.Count} x {what}, {expected.Count} were recorded";
        }

        return expected
            .Select((one, i) => Compare($"{what} '{one.Name}'", one, actual[i]))
            .FirstOrDefault(m => m is not null);
    }

    private string? Named(
        string what,
        IReadOnlyList<GoldenArray> expected,
        IReadOnlyDictionary<string, DenseArray> actual
    ) =>
        expected
            .Select(one =>
                actual.TryGetValue(one.Name, out DenseArray? found)
                    ? Compare($"{what} '{one.Name}'", one, found)
                    : $"{what} '{one.Name}' is missing"
            )
            .FirstOrDefault(mismatch => mismatch is not null);

    private string? Compare(string what, GoldenArray expected, DenseArray actual)
    {
        Comparison comparison = Comparison.Of(
            what,
            expected.ToDense(),
            actual,
            Tolerance.For(expected.Dtype, _case.Tol, _computesInFloat32)
        );
        _largestError = Math.Max(_largestError, comparison.LargestError);
        return comparison.Mismatch;
    }
}
