using System.Runtime.InteropServices;
using CoreEngine.Operators;

namespace CoreEngine.Perf;

/// <summary>Our side of an <see cref="OperatorCase"/>, and the comparison with its twin: results first, then times.</summary>
internal sealed class OperatorRace : IDisposable
{
    private readonly OperatorCase _case;
    private readonly BoundOperator _operator;
    private readonly float[][] _values;
    private readonly NDArray[] _inputs;

    public OperatorRace(OperatorCase @case)
    {
        _case = @case;
        _operator = OperatorRegistry.Default[@case.Operator].Bind(@case.ParseAttributes());
        _values = [.. @case.Inputs.Select((input, i) => input.Make(i))];
        _inputs = [.. @case.Inputs.Zip(_values, ToArray)];
    }

    /// <summary>The forward pass, into arrays that are there.</summary>
    public BenchRow Forward(string set, TorchPeer torch, int rounds)
    {
        using AutogradScope mode = _case.IsTraining ? Autograd.TrainMode() : Autograd.PredictMode();
        NDArray[] outputs = _case.Target < 0 ? Imperative.Invoke(_operator, _inputs) : [_inputs[_case.Target]];

        void Ours() => Imperative.Invoke(_operator, _inputs, outputs);

        if (_case.Target >= 0)
            Ours();
        using TorchCase theirs = torch.Prepare(
            $"y = None\n{_case.Setup}\ny = {_case.Torch}",
            _case.Torch,
            arrays: Operands()
        );
        if (_case.Expected is { } expected)
            Check(_case.Name, outputs[_case.Result], theirs, expected);
        return Row(set, _case.Name, Paired.Measure(Ours, theirs.Variants(1), rounds));
    }

    /// <summary>The backward pass of a recorded forward pass, alone unless the case says otherwise.</summary>
    public BenchRow Backward(string set, TorchPeer torch, int rounds)
    {
        NDArray[] variables = [.. _case.Variables.Select(name => _inputs[name - 'a'])];
        foreach (NDArray variable in variables)
        {
            variable.AttachGradient();
        }

        NDArray[] outputs;
        using (Autograd.Record())
        {
            outputs = Imperative.Invoke(_operator, _inputs);
        }

        float[][] heads =
        [
            .. outputs.Select((output, i) => OperatorInput.Signed(output.Shape.Dims.ToArray()).Make(i + 100)),
        ];
        NDArray[] gradients = [.. outputs.Zip(heads, (output, head) => NDArray.From(head, output.Shape))];

        void Ours()
        {
            if (!_case.IsTogether)
            {
                Autograd.Backward(outputs, gradients, retainGraph: true);
                return;
            }

            // A recorded call gives new arrays: what backward needs must not be written over.
            NDArray[] results;
            using (Autograd.Record())
            {
                results = Imperative.Invoke(_operator, _inputs);
            }

            Autograd.Backward(results, gradients);
            Array.ForEach(results, static result => result.Dispose());
        }

        Ours();
        string[] names = [.. _case.Variables.Select(name => $"{name}")];
        Dictionary<string, TorchArray> arrays = Operands();
        for (int i = 0; i < heads.Length; i++)
        {
            arrays[$"g{i}"] = Tensor(outputs[i].Shape.Dims, heads[i]);
        }

        // Without a gradient that is there, PyTorch stores what it computes, as ours does; it would add to one.
        string forget = string.Concat((_case.TorchLeaves ?? names).Select(leaf => $"{leaf}.grad = None\n"));
        string body = _case.IsTogether
            ? $"{forget}torch.autograd.backward({_case.Torch}, h)"
            : $"{forget}torch.autograd.backward(v, h, retain_graph=True)";
        string marks = string.Concat(names.Select(name => $"{name}.requires_grad_()\n"));
        string head = outputs.Length == 1 ? "g0" : $"({string.Join(", ", heads.Select((_, i) => $"g{i}"))})";
        using TorchCase theirs = torch.Prepare(
            $"y = None\n{marks}{_case.Setup}\ny = {_case.Torch}\n"
                + $"g = {head}\nv = {_case.TorchHead}\nh = {_case.TorchHeadGradient}\n"
                // Our scalars have one axis, and some of our results keep axes that PyTorch has flattened.
                + $"h = h.reshape(v.shape) if torch.is_tensor(h) else h\n{body}",
            body,
            gradients: true,
            arrays
        );
        string[] expected = [.. _case.ExpectedGradients ?? names.Select(name => $"{name}.grad")];
        for (int i = 0; i < expected.Length; i++)
        {
            Check($"{_case.BackwardName} of {names[i]}", variables[i].Gradient!, theirs, expected[i]);
        }

        return Row(set, _case.BackwardName, Paired.Measure(Ours, theirs.Variants(1), rounds));
    }

    public void Dispose()
    {
        foreach (NDArray input in _inputs)
        {
            input.Dispose();
        }
    }

    private static BenchRow Row(string set, string name, Paired.Result result) =>
        BenchRow.Cost(set, name, 1, "us", TorchPeer.Name, result, goal: 1.2, floor: 0.7);

    private Dictionary<string, TorchArray> Operands() =>
        _values
            .Select((values, i) => (Values: values, Number: i))
            .ToDictionary(
                operand => $"{(char)('a' + operand.Number)}",
                operand => Tensor(_case.Inputs[operand.Number].Extents, operand.Values)
            );

    private static TorchArray Tensor(ReadOnlySpan<long> extents, float[] values) =>
        new(
            Array.ConvertAll(extents.ToArray(), extent => (int)extent),
            MemoryMarshal.AsBytes(values.AsSpan()).ToArray()
        );

    private static NDArray ToArray(OperatorInput input, float[] values)
    {
        using NDArray array = NDArray.From(values, new Shape(input.Extents));
        using NDArray typed = array.AsType(input.DType);
        return typed.ToStorage(input.Storage);
    }

    private unsafe void Check(string what, NDArray ours, TorchCase theirs, string expression)
    {
        float[] expected = theirs.Read(expression).Data;
        using NDArray dense = ours.ToDense();
        using NDArray actual = dense.AsType(DType.Float32);
        float[] values = actual.ToArray<float>();
        if (values.Length != expected.Length)
        {
            throw new InvalidOperationException(
                $"{what}: our result has {values.Length} elements, the peer's {expected.Length}. Nothing is compared."
            );
        }

        fixed (float* a = values)
        fixed (float* b = expected)
        {
            PeerCheck.Same(what, a, b, values.Length, _case.Bound);
        }
    }
}
