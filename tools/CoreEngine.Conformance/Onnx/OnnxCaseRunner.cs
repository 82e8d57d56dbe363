using CoreEngine.Onnx;

namespace CoreEngine.Conformance;

/// <summary>Imports and runs the models of a folder and compares what they give with what the folder says.</summary>
public static class OnnxCaseRunner
{
    /// <summary>What ONNX's own runner allows for fractions of every type; everything else must agree exactly.</summary>
    private static readonly Tolerance s_tolerance = new(1e-3, 1e-7);

    /// <summary>Runs the cases below a folder.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="filter">Only cases whose name contains this text; all when null.</param>
    /// <param name="cancellation">Ends the run between two cases.</param>
    /// <returns>The outcomes; groups are operators, or folders for models of several operators.</returns>
    /// <exception cref="GoldenDataException">No case fits.</exception>
    public static ConformanceReport Run(string root, string? filter, CancellationToken cancellation)
    {
        var report = new ConformanceReport();
        foreach (OnnxCase found in OnnxCase.FindAll(root))
        {
            cancellation.ThrowIfCancellationRequested();
            if (filter is null || found.Name.Contains(filter, StringComparison.OrdinalIgnoreCase))
                report.Add(Run(found));
        }

        return report.Outcomes.Count > 0
            ? report
            : throw new GoldenDataException($"No case below {root} contains '{filter}'.");
    }

    /// <summary>Runs one case.</summary>
    public static CaseOutcome Run(OnnxCase found)
    {
        string group = Path.GetDirectoryName(found.Name)?.Replace('\\', '/') is { Length: > 0 } folder
            ? folder
            : "models";
        double largest = 0;
        try
        {
            OnnxModel model = OnnxModel.Load(found.ModelPath);
            if (model.OperatorCounts.Count == 1)
                group = model.OperatorCounts.Keys.First();
            foreach (string dataSet in found.DataSets)
            {
                Comparison comparison = Run(model, dataSet);
                largest = Math.Max(largest, comparison.LargestError);
                if (comparison.Mismatch is not null)
                    return new CaseOutcome(group, found.Name, CaseStatus.Failed, largest, comparison.Mismatch);
            }

            return new CaseOutcome(group, found.Name, CaseStatus.Passed, largest, null);
        }
        catch (OnnxUnsupportedException error)
        {
            return new CaseOutcome(group, found.Name, CaseStatus.Unsupported, 0, error.Message);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return new CaseOutcome(
                group,
                found.Name,
                CaseStatus.Failed,
                largest,
                $"{error.GetType().Name}: {error.Message}"
            );
        }
    }

    private static Comparison Run(OnnxModel model, string dataSet)
    {
        foreach (OnnxValueInfo info in model.Inputs.Concat(model.Outputs))
        {
            if (info.Kind != "tensor")
                throw new OnnxUnsupportedException($"'{info.Name}' is no tensor but a {info.Kind}");
        }

        var inputs = new Dictionary<string, OnnxTensor>(StringComparer.Ordinal);
        foreach ((OnnxValueInfo info, string file) in model.Inputs.Zip(OnnxCase.Tensors(dataSet, "input")))
        {
            inputs.Add(info.Name, OnnxTensor.Load(file));
        }

        OnnxProgram program = OnnxImporter.Import(model, new OnnxImportOptions { KnownInputs = inputs });
        IReadOnlyList<OnnxTensor> outputs = program.Run(inputs);
        IReadOnlyList<string> expected = OnnxCase.Tensors(dataSet, "output");
        if (expected.Count != outputs.Count)
            return new Comparison(0, $"there are {outputs.Count} outputs, {expected.Count} were recorded");
        var worst = new Comparison(0, null);
        for (int i = 0; i < outputs.Count; i++)
        {
            Comparison one = Compare($"output {i}", OnnxTensor.Load(expected[i]), outputs[i]);
            if (one.Mismatch is not null || one.LargestError > worst.LargestError)
                worst = one;
            if (one.Mismatch is not null)
                break;
        }

        return worst;
    }

    private static Comparison Compare(string what, OnnxTensor expected, OnnxTensor actual)
    {
        if (expected.ElementType != actual.ElementType || !expected.Dims.SequenceEqual(actual.Dims))
            return new Comparison(0, $"{what} is {actual}, {expected} was recorded");
        DType dtype = expected.ElementType.ToDType();
        return Comparison.Of(what, Dense(expected), Dense(actual), dtype.IsFloat() ? s_tolerance : default);
    }

    private static DenseArray Dense(OnnxTensor tensor)
    {
        using NDArray array = tensor.ToArray();
        return ArrayConversion.ToDense(array);
    }
}
