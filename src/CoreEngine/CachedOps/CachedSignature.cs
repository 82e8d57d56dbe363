using CoreEngine.Graphs;
using CoreEngine.Graphs.Planning;
using CoreEngine.Operators;

namespace CoreEngine;

/// <summary>
/// What a cached graph is specialised to: shapes, types and device of its inputs. It is the parameter of the operators
/// that a call amounts to, and keeps the programs that they run.
/// </summary>
internal sealed class CachedSignature : IParameters
{
    private readonly CachedOp _owner;
    private readonly Shape[] _shapes;
    private readonly DType[] _types;
    private readonly Device _device;
    private readonly InferredGraph _inferred;
    private readonly CachedProgram _plain;
    private readonly Lazy<Recording> _recording;

    internal CachedSignature(CachedOp owner, ReadOnlySpan<NDArray> inputs)
    {
        _owner = owner;
        _shapes = new Shape[inputs.Length];
        _types = new DType[inputs.Length];
        _device = inputs.Length == 0 ? Device.Cpu() : inputs[0].Device;
        for (int i = 0; i < inputs.Length; i++)
        {
            _shapes[i] = inputs[i].Shape;
            _types[i] = inputs[i].DType;
        }

        _inferred = Infer(owner.Graph);
        _plain = new CachedProgram(
            _inferred,
            Arguments(owner.Graph),
            [.. owner.Graph.Heads.Select((_, i) => new CachedResult(i))],
            _device,
            owner.Passes
        );
        Plain = owner.PlainDefinition.Bind(this);
        _recording = new Lazy<Recording>(() => new Recording(this));
    }

    /// <summary>The call when nobody will ask for gradients.</summary>
    internal BoundOperator Plain { get; }

    /// <summary>The call that keeps what its gradients need.</summary>
    internal BoundOperator Recorded => _recording.Value.Forward;

    /// <summary>Whether these arrays have this signature.</summary>
    internal bool Fits(ReadOnlySpan<NDArray> inputs)
    {
        for (int i = 0; i < inputs.Length; i++)
        {
            NDArray input = inputs[i];
            if (input.DType != _types[i] || !input.Shape.Equals(_shapes[i]))
                return false;
        }

        return inputs.Length == 0 || inputs[0].Device == _device;
    }

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        // There is nothing to write as text: the graph is the caller's object.
    }

    internal static void InferPlainShapes(ShapeInference shapes) => Of(shapes.Operator).SetShapes(shapes);

    internal static void InferPlainTypes(TypeInference types) => Of(types.Operator).SetTypes(types);

    internal static void InferRecordedShapes(ShapeInference shapes)
    {
        CachedSignature signature = Of(shapes.Operator);
        signature.SetShapes(shapes);
        shapes.SetOutput(shapes.OutputCount - 1, new Shape(Math.Max(signature._recording.Value.StateBytes, 1)));
    }

    internal static void InferRecordedTypes(TypeInference types)
    {
        Of(types.Operator).SetTypes(types);
        types.SetOutput(types.OutputCount - 1, DType.UInt8);
    }

    internal static void InferGradientShapes(ShapeInference shapes)
    {
        CachedSignature signature = Of(shapes.Operator);
        int[] targets = signature._owner.Gradients.Targets;
        for (int i = 0; i < targets.Length; i++)
        {
            shapes.SetOutput(i, signature._shapes[targets[i]]);
        }
    }

    internal static void InferGradientTypes(TypeInference types)
    {
        CachedSignature signature = Of(types.Operator);
        int[] targets = signature._owner.Gradients.Targets;
        for (int i = 0; i < targets.Length; i++)
        {
            types.SetOutput(i, signature._types[targets[i]]);
        }
    }

    internal static void RunPlain(ref KernelContext context) => Of(context.Operator)._plain.Run(ref context);

    internal static bool IsPlainQuick(BoundOperator op) => Of(op)._plain.IsQuick;

    internal static bool IsRecordedQuick(BoundOperator op) => Of(op)._recording.Value.ForwardProgram.IsQuick;

    internal static bool IsBackwardQuick(BoundOperator op) => Of(op)._recording.Value.BackwardProgram.IsQuick;

    internal static void RunRecorded(ref KernelContext context) =>
        Of(context.Operator)._recording.Value.ForwardProgram.Run(ref context);

    internal static void RunBackward(ref KernelContext context) =>
        Of(context.Operator)._recording.Value.BackwardProgram.Run(ref context);

    /// <summary>The gradient: one call of the backward operator on what it needs.</summary>
    internal static void Differentiate(GradientContext context)
    {
        CachedSignature signature = Of(context.Operator);
        CachedGradients gradients = signature._owner.Gradients;
        int state = context.Operator.OutputCount - 1;
        Value result = context.Call(
            signature._recording.Value.Backward,
            [
                .. gradients.UsedHeadGradients.Select(context.OutputGradient),
                .. gradients.UsedInputs.Select(context.Input),
                .. gradients.UsedOutputs.Select(context.Output),
                context.Output(state),
            ]
        );
        for (int i = 0; i < gradients.Targets.Length; i++)
        {
            context.Set(gradients.Targets[i], result.Output(i));
        }
    }

    private static CachedSignature Of(BoundOperator op) => op.Parameters<CachedSignature>();

    private void SetShapes(ShapeInference shapes)
    {
        for (int i = 0; i < _owner.Graph.Heads.Count; i++)
        {
            shapes.SetOutput(i, _inferred.ShapeOf(_owner.Graph.Heads[i]));
        }
    }

    private void SetTypes(TypeInference types)
    {
        for (int i = 0; i < _owner.Graph.Heads.Count; i++)
        {
            types.SetOutput(i, _inferred.TypeOf(_owner.Graph.Heads[i]));
        }
    }

    /// <summary>Shapes and types of a graph whose variables are the inputs and perhaps others.</summary>
    private InferredGraph Infer(Graph graph, IEnumerable<(Node Variable, Shape Shape, DType Type)>? others = null)
    {
        var shapes = new Dictionary<Node, Shape>(ReferenceEqualityComparer.Instance);
        var types = new Dictionary<Node, DType>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < _shapes.Length; i++)
        {
            shapes[_owner.Inputs[i]] = _shapes[i];
            types[_owner.Inputs[i]] = _types[i];
        }

        foreach ((Node variable, Shape shape, DType type) in others ?? [])
        {
            shapes[variable] = shape;
            types[variable] = type;
        }

        return GraphInference.Complete(graph, shapes, types);
    }

    private CachedArgument[] Arguments(Graph graph) =>
        [
            .. Enumerable
                .Range(0, _owner.Inputs.Count)
                .Where(i => graph.Contains(_owner.Inputs[i]))
                .Select(i => new CachedArgument(_owner.Inputs[i], i)),
        ];

    /// <summary>What is only there when calls are recorded.</summary>
    private sealed class Recording
    {
        internal Recording(CachedSignature signature)
        {
            CachedOp owner = signature._owner;
            CachedGradients gradients = owner.Gradients;
            Graph graph = owner.Graph;
            IEnumerable<(Node, Shape, DType)> headGradients = gradients.HeadGradients.Select(
                (node, i) => Like(node, signature._inferred, graph.Heads[gradients.UsedHeadGradients[i]])
            );
            Graph kept = new([.. graph.Heads, .. gradients.Kept.Select(pair => pair.Key)]);
            InferredGraph forward = signature.Infer(kept);

            int stateOutput = graph.Heads.Count;
            var results = new List<CachedResult>(graph.Heads.Select((_, i) => new CachedResult(i)));
            foreach ((NodeEntry entry, _) in gradients.Kept)
            {
                results.Add(new CachedResult(stateOutput, StateBytes));
                StateBytes += MemoryPlanner.Align(forward.BytesOf(kept.NumberOf(entry)));
            }

            Forward = owner.RecordedDefinition.Bind(signature);
            ForwardProgram = new CachedProgram(
                forward,
                signature.Arguments(kept),
                [.. results],
                signature._device,
                owner.Passes
            );

            Backward = owner.BackwardDefinition.Bind(signature);
            BackwardProgram = MakeBackward(signature, [.. headGradients], results);
        }

        internal BoundOperator Forward { get; }

        internal CachedProgram ForwardProgram { get; }

        internal BoundOperator Backward { get; }

        internal CachedProgram BackwardProgram { get; }

        /// <summary>Bytes of what a call keeps for its gradients.</summary>
        internal long StateBytes { get; }

        private static CachedProgram MakeBackward(
            CachedSignature signature,
            (Node, Shape, DType)[] headGradients,
            List<CachedResult> results
        )
        {
            CachedOp owner = signature._owner;
            CachedGradients gradients = owner.Gradients;
            InferredGraph whole = signature.Infer(gradients.Whole, headGradients);
            InferredGraph backward = signature.Infer(
                gradients.Backward,
                [.. headGradients, .. gradients.StandIns.Select(pair => Like(pair.Value, whole, pair.Key))]
            );
            Node[] read =
            [
                .. gradients.HeadGradients,
                .. gradients.UsedInputs.Select(place => owner.Inputs[place]),
                .. gradients.Outputs,
            ];
            var arguments = new List<CachedArgument>(read.Select((node, i) => new CachedArgument(node, i)));
            for (int i = 0; i < gradients.Kept.Length; i++)
            {
                CachedResult place = results[owner.Graph.Heads.Count + i];
                arguments.Add(new CachedArgument(gradients.Kept[i].Value, read.Length, place.Offset));
            }

            var known = new HashSet<Node>(arguments.Select(one => one.Variable), ReferenceEqualityComparer.Instance);
            arguments.AddRange(
                backward
                    .Graph.Nodes.Where(node => node.IsVariable && !known.Contains(node))
                    .Select(node => new CachedArgument(node, -1))
            );
            return new CachedProgram(
                backward,
                [.. arguments],
                [.. gradients.Targets.Select((_, i) => new CachedResult(i))],
                signature._device,
                owner.Passes
            );
        }

        private static (Node, Shape, DType) Like(Node variable, InferredGraph inferred, NodeEntry entry) =>
            (variable, inferred.ShapeOf(entry), inferred.TypeOf(entry));
    }
}
