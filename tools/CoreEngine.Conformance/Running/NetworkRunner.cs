using CoreEngine.Files;

namespace CoreEngine.Conformance;

/// <summary>
/// Runs the networks that the original saved: loads symbol and parameters, predicts, makes one training pass and trains
/// some steps, and compares everything with what the original computed.
/// </summary>
public sealed class NetworkRunner
{
    private const string Group = "(networks)";

    // Through many layers the differences of single sums grow.
    private static readonly Tolerance s_tolerance = new(1e-3, 1e-5);

    private readonly NetworkCase _case;
    private readonly Symbol _symbol;
    private readonly IReadOnlyDictionary<string, NDArray> _parameters;
    private double _largestError;

    private NetworkRunner(GoldenFolder folder, string name)
    {
        _case = folder.ReadJson($"networks/{name}-case.json", ConformanceJson.Default.NetworkCase);
        _symbol = Symbol.FromJson(folder.ReadBytes($"networks/{_case.Symbol}"), _case.Symbol);
        using var stream = new MemoryStream(folder.ReadBytes($"networks/{_case.Params}"));
        _parameters = NDArray.LoadDictionary(stream, _case.Params);
    }

    /// <summary>What can be checked of each network.</summary>
    public static IReadOnlyList<string> Checks { get; } =
    ["names", "prediction", "optimised prediction", "predictors", "training pass", "training steps", "cached operator"];

    /// <summary>One outcome for each check of each network whose id contains a text.</summary>
    public static IEnumerable<CaseOutcome> In(GoldenFolder folder, string? filter)
    {
        foreach (string name in folder.Names("networks", "-case.json"))
        {
            foreach (string check in Checks)
            {
                string id = $"{Group}/{name} {check}";
                if (filter is not null && !id.Contains(filter, StringComparison.OrdinalIgnoreCase))
                    continue;
                yield return Outcome(folder, name, check, id);
            }
        }
    }

    private static CaseOutcome Outcome(GoldenFolder folder, string name, string check, string id)
    {
        try
        {
            Comparison comparison = Check(folder, name, check);
            CaseStatus status = comparison.Mismatch is null ? CaseStatus.Passed : CaseStatus.Failed;
            return new CaseOutcome(Group, id, status, comparison.LargestError, comparison.Mismatch);
        }
        catch (Exception error) when (error is not GoldenDataException)
        {
            return new CaseOutcome(Group, id, CaseStatus.Failed, 0, $"{error.GetType().Name}: {error.Message}");
        }
    }

    /// <summary>Makes one of the <see cref="Checks"/> of a network.</summary>
    /// <exception cref="GoldenDataException">A golden file is missing or damaged.</exception>
    public static Comparison Check(GoldenFolder folder, string name, string check)
    {
        using var scope = new ArrayScope();
        var runner = new NetworkRunner(folder, name);
        string? mismatch = check switch
        {
            "names" => runner.Names(),
            "prediction" => runner.Predict(),
            "optimised prediction" => runner.Predict(areConstant: true),
            "predictors" => runner.PredictShared(),
            "training pass" => runner.TrainOnce(),
            "training steps" => runner.TrainSteps(),
            "cached operator" => runner.CallCached(),
            _ => throw new ArgumentOutOfRangeException(nameof(check), check, "There is no such check."),
        };
        return new Comparison(runner._largestError, mismatch);
    }

    private string? Names()
    {
        bool agree =
            _symbol.ListArguments().SequenceEqual(_case.Arguments)
            && _symbol.ListAuxiliaryStates().SequenceEqual(_case.Auxiliary)
            && _symbol.ListOutputs().SequenceEqual(_case.Outputs);
        return agree
            ? null
            : $"the symbol lists {string.Join(", ", _symbol.ListArguments())}; "
                + $"{string.Join(", ", _symbol.ListAuxiliaryStates())}; {string.Join(", ", _symbol.ListOutputs())}";
    }

    private string? Predict(bool areConstant = false)
    {
        using Executor executor = Bind(withGradients: false, areConstant);
        return CompareAll("result", _case.PredictOutputs, executor.Forward());
    }

    /// <summary>A predictor and one that shares its parameters, and the second call by call.</summary>
    private string? PredictShared()
    {
        GoldenArray[] batch = [.. _case.Data, .. _case.Labels];
        Dictionary<string, Shape> shapes = batch.ToDictionary(one => one.Name, one => new Shape(one.Shape!));
        var options = new PredictorOptions { Types = batch.ToDictionary(one => one.Name, one => one.Dtype) };
        using Predictor first = Predictor.Create(_symbol, _parameters, shapes, options);
        using Predictor second = first.Share();
        foreach (Predictor predictor in (Predictor[])[first, second])
        {
            foreach (GoldenArray one in batch)
            {
                predictor.SetInput(one.Name, ArrayConversion.ToArray(one));
            }

            predictor.Forward();
            if (CompareAll("result", _case.PredictOutputs, Outputs(predictor)) is { } mismatch)
                return mismatch;
        }

        for (int step = 0; second.PartialForward(step) > 0; )
        {
            step++;
        }

        return CompareAll("stepwise result", _case.PredictOutputs, Outputs(second));
    }

    private static NDArray[] Outputs(Predictor predictor) =>
        [.. Enumerable.Range(0, predictor.OutputNames.Count).Select(predictor.CopyOutput)];

    private string? TrainOnce()
    {
        using Executor executor = Bind(withGradients: true);
        string? mismatch = CompareAll("result", _case.TrainOutputs, executor.Forward(isTraining: true));
        executor.Backward();
        return mismatch
            ?? CompareAll("gradient", _case.Grads, [.. _case.Grads.Select(one => executor.GradientOf(one.Name)!)])
            ?? CompareAll(
                "state",
                _case.AuxAfterOneTrainingPass,
                [.. _case.AuxAfterOneTrainingPass.Select(one => executor[one.Name])]
            );
    }

    private string? TrainSteps()
    {
        using Executor executor = Bind(withGradients: true);
        Dictionary<string, NDArray> momenta = _case.Parameters.ToDictionary(
            name => name,
            name => NDArray.Zeros(executor[name].Shape)
        );
        for (int step = 0; step < _case.Sgd.Steps; step++)
        {
            IReadOnlyList<NDArray> outputs = executor.Forward(isTraining: true);
            if (CompareAll($"step {step}, result", _case.OutputsDuringSteps[step], outputs) is { } mismatch)
                return mismatch;
            executor.Backward();
            foreach (string name in _case.Parameters)
            {
                NDArray weight = executor[name];
                Imperative.Invoke(
                    "sgd_mom_update",
                    [weight, executor.GradientOf(name)!, momenta[name]],
                    UpdateAttributes(name),
                    [weight]
                );
            }
        }

        return CompareAll(
                "parameter",
                _case.ParamsAfter3Steps,
                [.. _case.ParamsAfter3Steps.Select(one => executor[one.Name])]
            ) ?? CompareAll("state", _case.AuxAfter3Steps, [.. _case.AuxAfter3Steps.Select(one => executor[one.Name])]);
    }

    private Dictionary<string, string> UpdateAttributes(string parameter)
    {
        NetworkTraining sgd = _case.Sgd;
        return new Dictionary<string, string>
        {
            ["lr"] = Text(sgd.LearningRate),
            ["momentum"] = Text(sgd.Momentum),
            ["wd"] = Text(sgd.Wd * sgd.WdMult.GetValueOrDefault(parameter, 1)),
            ["rescale_grad"] = Text(sgd.RescaleGrad),
        };

        static string Text(double value) => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>The network as one operator, recorded by autograd.</summary>
    private string? CallCached()
    {
        using Executor arrays = Bind(withGradients: false);
        foreach (string name in _case.Parameters)
        {
            arrays[name].AttachGradient();
        }

        var network = new CachedOp(_symbol);
        NDArray[] inputs = [.. network.InputNames.Select(name => arrays[name])];
        NDArray[] outputs;
        using (Autograd.Record())
        {
            outputs = network.Invoke(inputs);
        }

        Autograd.Backward(outputs);
        return CompareAll("result", _case.TrainOutputs, outputs)
            ?? CompareAll("gradient", _case.Grads, [.. _case.Grads.Select(one => arrays[one.Name].Gradient!)])
            ?? CompareAll(
                "state",
                _case.AuxAfterOneTrainingPass,
                [.. _case.AuxAfterOneTrainingPass.Select(one => arrays[one.Name])]
            )
            ?? CompareAll("predicted result", _case.PredictOutputs, PredictCached(network));
    }

    private NDArray[] PredictCached(CachedOp network)
    {
        using Executor arrays = Bind(withGradients: false);
        return network.Invoke([.. network.InputNames.Select(name => arrays[name])]);
    }

    private Executor Bind(bool withGradients, bool areConstant = false)
    {
        GoldenArray[] batch = [.. _case.Data, .. _case.Labels];
        var executor = Executor.SimpleBind(
            _symbol,
            batch.ToDictionary(one => one.Name, one => new Shape(one.Shape!)),
            withGradients ? GradientRequests.Of(_case.Parameters) : GradientRequests.None,
            batch.ToDictionary(one => one.Name, one => one.Dtype),
            options: new BindOptions
            {
                ConstantParameters = areConstant ? [.. _case.Parameters, .. _case.Auxiliary] : [],
            }
        );
        executor.CopyFrom(_parameters);
        executor.CopyFrom(batch.ToDictionary(one => one.Name, ArrayConversion.ToArray));
        return executor;
    }

    private string? CompareAll(string what, GoldenArray[] expected, IReadOnlyList<NDArray> actual)
    {
        if (expected.Length != actual.Count)
            return $"{actual.Count} x {what}, {expected.Length} were recorded";
        for (int i = 0; i < expected.Length; i++)
        {
            Comparison comparison = Comparison.Of(
                $"{what} '{expected[i].Name}'",
                expected[i].ToDense(),
                ArrayConversion.ToDense(actual[i]),
                expected[i].Dtype.IsFloat() ? s_tolerance : default
            );
            _largestError = Math.Max(_largestError, comparison.LargestError);
            if (comparison.Mismatch is not null)
                return comparison.Mismatch;
        }

        return null;
    }
}
