using CoreEngine.Runtime;

namespace CoreEngine.Conformance;

/// <summary>Runs every recorded case of a folder against an engine.</summary>
public sealed class ConformanceRunner
{
    private const string RefusedCalls = "(refused calls)";
    private const string SavedArrays = "(saved arrays)";
    private const string AcceptedCalls = "(accepted odd calls)";

    private readonly GoldenFolder _folder;
    private readonly ICaseExecutor _executor;

    /// <summary>Prepares a run.</summary>
    /// <param name="folder">The recorded cases.</param>
    /// <param name="executor">The engine under test.</param>
    public ConformanceRunner(GoldenFolder folder, ICaseExecutor executor)
    {
        _folder = folder;
        _executor = executor;
    }

    /// <summary>Runs the cases whose group or id contains a text, in any letter case; null runs all.</summary>
    /// <param name="filter">The text.</param>
    /// <param name="cancellation">Stops between two cases.</param>
    /// <exception cref="GoldenDataException">The filter fits no case, or a golden file is damaged.</exception>
    public ConformanceReport Run(string? filter = null, CancellationToken cancellation = default)
    {
        var report = new ConformanceReport();
        foreach (CaseOutcome outcome in Outcomes(filter))
        {
            report.Add(outcome);
            cancellation.ThrowIfCancellationRequested();
        }

        return report.Outcomes.Count > 0
            ? report
            : throw new GoldenDataException($"No recorded case matches the filter '{filter}'.");
    }

    /// <summary>Runs one case of an operator.</summary>
    public CaseOutcome Run(string op, OperatorCase recorded) => Guarded(op, recorded.Id, op, () => Check(op, recorded));

    private IEnumerable<CaseOutcome> Outcomes(string? filter)
    {
        foreach (string op in _folder.OperatorNames)
        {
            foreach (
                OperatorCase recorded in _folder.ReadOperator(op).Cases.Where(c => filter is null || Fits(c.Id, filter))
            )
            {
                yield return Run(op, recorded);
            }
        }

        if (_folder.Exists("errors.json"))
        {
            ErrorCases errors = _folder.ReadErrors();
            IEnumerable<CaseOutcome> refused = Calls(
                RefusedCalls,
                errors.Raises,
                filter,
                call => Refused(call, OriginalDefects.IsLimitation(call))
            );
            foreach (CaseOutcome outcome in refused.Concat(Calls(AcceptedCalls, errors.Accepted, filter, Accepted)))
            {
                yield return outcome;
            }
        }

        foreach (CaseOutcome outcome in ArrayFiles(filter))
        {
            yield return outcome;
        }

        foreach (CaseOutcome outcome in NetworkRunner.In(_folder, filter))
        {
            yield return outcome;
        }

        foreach ((string id, Func<Comparison> check) in InferenceRecordings.In(_folder))
        {
            if (filter is null || Fits(id, filter))
                yield return Guarded(InferenceRecordings.Group, id, check);
        }

        IEnumerable<(string, string, Func<Comparison>)> sequences = new OptimizerCases(_folder, _executor)
            .All()
            .Concat(StoreCases.In(_folder))
            .Concat(DataCases.In(_folder));
        foreach ((string group, string id, Func<Comparison> check) in sequences)
        {
            if (filter is null || Fits(id, filter))
            {
                yield return Guarded(group, id, check);
            }
        }

        foreach (CaseOutcome outcome in OtherRecordings.In(_folder).Where(o => filter is null || Fits(o.Id, filter)))
        {
            yield return outcome;
        }
    }

    private IEnumerable<CaseOutcome> Calls(
        string group,
        IReadOnlyList<ErrorCase> calls,
        string? filter,
        Func<ErrorCase, Comparison> check
    ) =>
        calls
            .Select((call, i) => (Call: call, Id: $"{group}/{i} {call.Op}"))
            .Where(one => filter is null || Fits(one.Id, filter))
            .Select(one => Guarded(group, one.Id, one.Call.Op, () => check(one.Call)));

    private IEnumerable<CaseOutcome> ArrayFiles(string? filter) =>
        !_folder.Exists("ndarray/expected.json")
            ? []
            : _folder
                .ReadArrayFiles()
                .Select(file => (Id: $"{SavedArrays}/{file.Key}", Name: $"ndarray/{file.Key}", file.Value.Items))
                .Where(file => filter is null || Fits(file.Id, filter))
                .Select(file => Guarded(SavedArrays, file.Id, () => CheckFile(file.Name, file.Items)));

    private Comparison CheckFile(string name, IReadOnlyList<GoldenArray> expected)
    {
        IReadOnlyList<GoldenArray> actual = _executor.ReadArrays(_folder.ReadBytes(name), name);
        if (actual.Count != expected.Count)
        {
            return new(0, $"{actual.Count} arrays, {expected.Count} were recorded");
        }

        for (int i = 0; i < actual.Count; i++)
        {
            if (actual[i].Name != expected[i].Name)
            {
                return new(0, $"array {i} is called '{actual[i].Name}', '{expected[i].Name}' was recorded");
            }

            string what = $"array {i} '{expected[i].Name}'";
            Comparison comparison = Comparison.Of(what, expected[i].ToDense(), actual[i].ToDense(), default);
            if (comparison.Mismatch is not null)
            {
                return comparison;
            }
        }

        return default;
    }

    private Comparison Check(string op, OperatorCase recorded)
    {
        if (recorded.Mode == CaseMode.Error)
        {
            return Refused(
                new ErrorCase(op, recorded.Attrs, ErrorCase.Symbolic, recorded.Inputs, recorded.Phase),
                recorded.Limitation
            );
        }

        CaseResult result = _executor.Execute(op, recorded);
        bool computesInFloat32 = Float32Operators.Contains(op);
        Comparison comparison = CaseChecker.Check(recorded, result, computesInFloat32);
        return comparison.Mismatch is not null && OriginalDefects.Correct(recorded) is { } corrected
            ? CaseChecker.Check(corrected, result, computesInFloat32)
            : comparison;
    }

    private CaseOutcome Guarded(string group, string id, string op, Func<Comparison> check)
    {
        // A name that the recordings do not know either is no missing operator: refusing it is right.
        return !_executor.Has(op) && IsKnown(op)
            ? new(group, id, CaseStatus.Unsupported, 0, "the engine has no such operator")
            : Guarded(group, id, check);
    }

    private static CaseOutcome Guarded(string group, string id, Func<Comparison> check)
    {
        try
        {
            Comparison comparison = check();
            CaseStatus status = comparison.Mismatch is null ? CaseStatus.Passed : CaseStatus.Failed;
            return new(group, id, status, comparison.LargestError, comparison.Mismatch);
        }
        catch (UnsupportedCaseException missing)
        {
            return new(group, id, CaseStatus.Unsupported, 0, missing.Message);
        }
        catch (GoldenDataException)
        {
            throw;
        }
        // A case must not end the run, whatever the engine under test throws.
        catch (Exception error)
        {
            return new(group, id, CaseStatus.Failed, 0, $"{error.GetType().Name}: {error.Message}");
        }
    }

    private bool IsKnown(string op) =>
        _folder.OperatorNames.Contains(op) || (_folder.Exists("aliases.json") && _folder.ReadAliases().ContainsKey(op));

    /// <summary>A refusal must be a typed error. What the original merely lacks may also succeed.</summary>
    private Comparison Refused(ErrorCase call, bool isLimitation)
    {
        try
        {
            _executor.Execute(call);
        }
        catch (EngineException error) when (error is not UnsupportedCaseException && !IsCrash(error))
        {
            return default;
        }

        return isLimitation ? default : new(0, $"was accepted; the original refuses it ({call.Phase})");
    }

    /// <summary>A kernel that stumbles over bad input is no refusal, although waiting reports it as a typed error.</summary>
    private static bool IsCrash(EngineException error) =>
        error is OperationException { InnerException: not (EngineException or ArgumentException) };

    private Comparison Accepted(ErrorCase call)
    {
        CaseResult result = _executor.Execute(call);
        IReadOnlyList<GoldenArray> expected = call.Outputs ?? [];
        if (expected.Count != result.Outputs.Count)
        {
            return new(0, $"{result.Outputs.Count} outputs, {expected.Count} were recorded");
        }

        for (int i = 0; i < expected.Count; i++)
        {
            DenseArray output = result.Outputs[i];
            var shape = new Shape(expected[i].Shape!);
            if (output.Shape != shape || output.Dtype != expected[i].Dtype)
            {
                string recorded = $"{expected[i].Dtype.Name()} {shape}";
                return new(0, $"output {i} is {output.Dtype.Name()} {output.Shape}, {recorded} was recorded");
            }
        }

        return default;
    }

    private static bool Fits(string text, string filter) => text.Contains(filter, StringComparison.OrdinalIgnoreCase);
}
