namespace CoreEngine.Conformance;

/// <summary>Runs every recorded case of a folder against an engine.</summary>
public sealed class ConformanceRunner
{
    private const string RefusedCalls = "(refused calls)";
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
    /// <param name="progress">Is told each outcome as it comes.</param>
    /// <param name="cancellation">Stops between two cases.</param>
    /// <exception cref="GoldenDataException">The filter fits no case, or a golden file is damaged.</exception>
    public ConformanceReport Run(
        string? filter = null,
        Action<CaseOutcome>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var report = new ConformanceReport();
        foreach (CaseOutcome outcome in Outcomes(filter))
        {
            report.Add(outcome);
            progress?.Invoke(outcome);
            cancellation.ThrowIfCancellationRequested();
        }

        return report.Outcomes.Count > 0
            ? report
            : throw new GoldenDataException($"No recorded case matches the filter '{filter}'.");
    }

    /// <summary>Runs one case of an operator.</summary>
    public CaseOutcome Run(string op, OperatorCase recorded) => Run(op, op, recorded);

    private IEnumerable<CaseOutcome> Outcomes(string? filter)
    {
        foreach (string op in _folder.OperatorNames)
        {
            foreach (
                OperatorCase recorded in _folder.ReadOperator(op).Cases.Where(c => filter is null || Fits(c.Id, filter))
            )
            {
                yield return Run(op, op, recorded);
            }
        }

        if (_folder.Exists("errors.json"))
        {
            ErrorCases errors = _folder.ReadErrors();
            foreach (CaseOutcome outcome in Calls(RefusedCalls, errors.Raises, filter, Refused))
            {
                yield return outcome;
            }

            foreach (CaseOutcome outcome in Calls(AcceptedCalls, errors.Accepted, filter, Accepted))
            {
                yield return outcome;
            }
        }
    }

    private IEnumerable<CaseOutcome> Calls(
        string group,
        IReadOnlyList<ErrorCase> calls,
        string? filter,
        Func<ErrorCase, OperatorCase, Comparison> check
    )
    {
        for (int i = 0; i < calls.Count; i++)
        {
            ErrorCase call = calls[i];
            string id = $"{group}/{i} {call.Op}";
            if (filter is null || Fits(id, filter))
            {
                var recorded = new OperatorCase
                {
                    Id = id,
                    Attrs = call.Attrs,
                    Inputs = call.Inputs,
                    ModeName = "error",
                    IsTrain = true,
                    Phase = call.Phase,
                };
                yield return Guarded(group, call.Op, recorded, () => check(call, recorded));
            }
        }
    }

    private CaseOutcome Run(string group, string op, OperatorCase recorded) =>
        Guarded(
            group,
            op,
            recorded,
            () =>
                recorded.Mode == CaseMode.Error
                    ? Refused(op, recorded)
                    : CaseChecker.Check(recorded, _executor.Execute(op, recorded), Float32Operators.Contains(op))
        );

    private CaseOutcome Guarded(string group, string op, OperatorCase recorded, Func<Comparison> check)
    {
        if (!_executor.Has(op))
        {
            return new(group, recorded.Id, CaseStatus.Unsupported, 0, "the engine has no such operator");
        }

        try
        {
            Comparison comparison = check();
            return new(
                group,
                recorded.Id,
                comparison.Mismatch is null ? CaseStatus.Passed : CaseStatus.Failed,
                comparison.LargestError,
                comparison.Mismatch
            );
        }
        catch (UnsupportedCaseException missing)
        {
            return new(group, recorded.Id, CaseStatus.Unsupported, 0, missing.Message);
        }
        catch (GoldenDataException)
        {
            throw;
        }
        // A case must not end the run, whatever the engine under test throws.
        catch (Exception error)
        {
            return new(group, recorded.Id, CaseStatus.Failed, 0, $"{error.GetType().Name}: {error.Message}");
        }
    }

    private Comparison Refused(ErrorCase call, OperatorCase recorded) => Refused(call.Op, recorded);

    /// <summary>A refusal must be a typed error. What the original merely lacks may also succeed.</summary>
    private Comparison Refused(string op, OperatorCase recorded)
    {
        try
        {
            _executor.Execute(op, recorded);
        }
        catch (EngineException error) when (error is not UnsupportedCaseException)
        {
            return default;
        }

        return recorded.Limitation ? default : new(0, $"was accepted; the original refuses it ({recorded.Phase})");
    }

    private Comparison Accepted(ErrorCase call, OperatorCase recorded)
    {
        CaseResult result = _executor.Execute(call.Op, recorded);
        IReadOnlyList<GoldenArray> expected = call.Outputs ?? [];
        if (expected.Count != result.Outputs.Count)
        {
            return new(0, $"{result.Outputs.Count} outputs, {expected.Count} were recorded");
        }

        for (int i = 0; i < expected.Count; i++)
        {
            DenseArray output = result.Outputs[i];
            if (output.Shape != new Shape(expected[i].Shape!) || output.Dtype != expected[i].Dtype)
            {
                return new(
                    0,
                    $"output {i} is {output.Dtype.Name()}{output.Shape}, "
                        + $"{expected[i].Dtype.Name()}{new Shape(expected[i].Shape!)} was recorded"
                );
            }
        }

        return default;
    }

    private static bool Fits(string text, string filter) => text.Contains(filter, StringComparison.OrdinalIgnoreCase);
}
