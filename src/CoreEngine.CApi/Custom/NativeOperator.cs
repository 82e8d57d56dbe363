using System.Text;
using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>
/// A custom operator whose code is callbacks of a frontend. It runs on the thread that calls, with nothing locked, so that
/// the callbacks may use any function of this library, on the same arrays too.
/// </summary>
internal sealed unsafe class NativeOperator : CustomOperator, IDisposable
{
    // What MXNet calls the kinds of arrays.
    private const int InputTag = 0;
    private const int OutputTag = 1;
    private const int InputGradientTag = 2;
    private const int OutputGradientTag = 3;
    private const int StateTag = 4;

    private readonly string _name;
    private readonly CallbackList _property;
    private readonly string[] _inputs;
    private readonly string[] _outputs;
    private readonly string[] _states;

    // By number: gradients of outputs, then inputs, then outputs.
    private readonly bool[] _isRead;

    // Made at the first call: its shapes are told then.
    private CallbackList? _code;

    private NativeOperator(string name, CallbackList property)
    {
        _name = name;
        _property = property;
        _inputs = List(PropertyPlace.ListArguments);
        _outputs = List(PropertyPlace.ListOutputs);
        _states = List(PropertyPlace.ListStates);
        _isRead = FindRead();
    }

    public override IReadOnlyList<string> Inputs => _inputs;

    public override IReadOnlyList<string> Outputs => _outputs;

    public override IReadOnlyList<string> States => _states;

    public override bool RunsOnCaller => true;

    public override BackwardNeeds BackwardNeeds =>
        (AnyRead(0, _outputs.Length) ? BackwardNeeds.OutputGradients : 0)
        | (AnyRead(_outputs.Length, _inputs.Length) ? BackwardNeeds.Inputs : 0)
        | (AnyRead(_outputs.Length + _inputs.Length, _outputs.Length) ? BackwardNeeds.Outputs : 0);

    /// <summary>Makes an operator for some attributes.</summary>
    /// <exception cref="EngineException">The frontend could not.</exception>
    internal static NativeOperator Create(string name, IReadOnlyDictionary<string, string> attributes, nint creator)
    {
        CallbackList.EndForgotten();
        using var texts = new NativeTexts([name, .. attributes.Keys, .. attributes.Values]);
        byte** all = texts.Pointers;
        int count = attributes.Count;
        CallbackList? property = CallbackList.Fill(
            (int)PropertyPlace.Deletion,
            fewest: (int)PropertyPlace.InferTypes,
            list =>
                ((delegate* unmanaged[Cdecl]<byte*, int, byte**, byte**, MXCallbackList*, int>)creator)(
                    all[0],
                    count,
                    all + 1,
                    all + 1 + count,
                    list
                ) != 0
        );
        return new NativeOperator(name, property ?? throw Failed(name, "could not be made for these attributes"));
    }

    public override void InferShapes(ShapeInference shapes)
    {
        int inputs = _inputs.Length;
        int states = _states.Length;
        int total = inputs + _outputs.Length + states;
        int* ranks = stackalloc int[total];
        uint** extents = stackalloc uint*[total];
        new Span<int>(ranks, total).Clear();
        new Span<nint>(extents, total).Clear();
        // The frontend is told of inputs; what it says of the rest it says without being asked.
        uint[] given = [.. Enumerable.Range(0, inputs + states).SelectMany(i => ToC(shapes.Input(i)))];
        fixed (uint* memory = given)
        {
            uint* next = memory;
            for (int i = 0; i < inputs + states; i++)
            {
                extents[i] = next;
                ranks[i] = shapes.Input(i).Rank;
                next += ranks[i];
            }

            var infer = (delegate* unmanaged[Cdecl]<int, int*, uint**, void*, int>)
                _property.Function((int)PropertyPlace.InferShapes);
            if (infer(total, ranks, extents, _property.Context((int)PropertyPlace.InferShapes)) == 0)
                throw Failed(_name, "could not infer its shapes");
            for (int i = 0; i < inputs; i++)
            {
                shapes.SetInput(i, FromC(extents[i], ranks[i]));
            }

            for (int i = 0; i < _outputs.Length; i++)
            {
                shapes.SetOutput(i, FromC(extents[inputs + i], ranks[inputs + i]));
            }

            for (int i = total - states; i < total; i++)
            {
                shapes.SetInput(i - _outputs.Length, FromC(extents[i], ranks[i]));
            }
        }
    }

    public override void InferTypes(TypeInference types)
    {
        void* function = _property.Function((int)PropertyPlace.InferTypes);
        if (function is null)
        {
            TypeInference.Same(types);
            return;
        }

        int inputs = _inputs.Length;
        int outputs = _outputs.Length;
        int total = inputs + outputs + _states.Length;
        int* codes = stackalloc int[total];
        for (int i = 0; i < total; i++)
        {
            codes[i] = (int)(
                i < inputs ? types.Input(i)
                : i < inputs + outputs ? types.Output(i - inputs)
                : types.Input(i - outputs)
            );
        }

        var infer = (delegate* unmanaged[Cdecl]<int, int*, void*, int>)function;
        if (infer(total, codes, _property.Context((int)PropertyPlace.InferTypes)) == 0)
            throw Failed(_name, "could not infer its types");
        for (int i = 0; i < total; i++)
        {
            DType type =
                (uint)(codes[i] + 1) <= (uint)DTypes.Count
                    ? (DType)codes[i]
                    : throw Failed(_name, $"said that the type of one of its arrays is {codes[i]}, which is none");
            if (i >= inputs && i < inputs + outputs)
                types.SetOutput(i - inputs, type);
            else
                types.SetInput(i < inputs ? i : i - outputs, type);
        }
    }

    public override void Forward(CustomForward call)
    {
        var arrays = new Arguments();
        foreach (NDArray input in call.Inputs)
        {
            arrays.Add(input, InputTag);
        }

        int[] requests = new int[_outputs.Length];
        for (int i = 0; i < requests.Length; i++)
        {
            (NDArray? output, Request request) = call.Direct(i);
            requests[i] = (int)request;
            arrays.Add(output, OutputTag);
        }

        arrays.Add(call.States, StateTag);
        _code ??= MakeCode(arrays.First ?? Device.Cpu(), [.. call.Inputs, .. call.States]);
        Run(_code, CodePlace.Forward, arrays, requests, call.IsTraining);
    }

    public override void Backward(CustomBackward call)
    {
        if (_code is null)
            throw Failed(_name, "was to run backward before it ran forward");
        var arrays = new Arguments();
        for (int i = 0; i < _isRead.Length; i++)
        {
            int input = i - _outputs.Length;
            int output = input - _inputs.Length;
            if (input < 0)
                arrays.Add(_isRead[i] ? call.OutputGradients[i] : null, OutputGradientTag);
            else if (output < 0)
                arrays.Add(_isRead[i] ? call.Inputs[input] : null, InputTag);
            else
                arrays.Add(_isRead[i] ? call.Outputs[output] : null, OutputTag);
        }

        int[] requests = new int[_inputs.Length];
        for (int i = 0; i < requests.Length; i++)
        {
            (NDArray? gradient, Request request) = call.Direct(i);
            requests[i] = (int)request;
            arrays.Add(gradient, InputGradientTag);
        }

        arrays.Add(call.States, StateTag);
        Run(_code, CodePlace.Backward, arrays, requests, call.IsTraining);
    }

    /// <summary>Tells the frontend that it may forget the operator.</summary>
    public void Dispose()
    {
        _code?.Dispose();
        _property.Dispose();
    }

    private void Run(CallbackList code, CodePlace place, Arguments arrays, int[] requests, bool isTraining)
    {
        CallbackList.EndForgotten();
        // What the frontend makes meanwhile is its own, and so are the handles that it is given.
        using ArrayScope.Suspension suspension = ArrayScope.Suspend();
        nint[] handles = arrays.MakeHandles();
        var run = (delegate* unmanaged[Cdecl]<int, nint*, int*, int*, int, void*, int>)code.Function((int)place);
        bool isDone;
        fixed (nint* pointers = handles)
        fixed (int* tags = arrays.Tags)
        fixed (int* wanted = requests)
        {
            isDone = run(handles.Length, pointers, tags, wanted, isTraining ? 1 : 0, code.Context((int)place)) != 0;
        }

        if (!isDone)
            throw Failed(_name, $"failed in {place}");
    }

    private CallbackList MakeCode(Device device, NDArray[] arrays)
    {
        uint[] extents = [.. arrays.SelectMany(array => ToC(array.Shape))];
        int[] ranks = Array.ConvertAll(arrays, array => array.Rank);
        int[] types = Array.ConvertAll(arrays, array => (int)array.DType);
        var shapes = new nint[arrays.Length];
        using var texts = new NativeTexts([device.ToString()]);
        byte* place = texts.Pointers[0];
        fixed (uint* firstExtent = extents)
        fixed (int* firstRank = ranks)
        fixed (int* firstType = types)
        fixed (nint* firstShape = shapes)
        {
            uint* next = firstExtent;
            for (int i = 0; i < arrays.Length; i++)
            {
                shapes[i] = (nint)next;
                next += ranks[i];
            }

            int* rankPointer = firstRank;
            int* typePointer = firstType;
            var shapePointer = (uint**)firstShape;
            var create = (nint)_property.Function((int)PropertyPlace.CreateOperator);
            void* context = _property.Context((int)PropertyPlace.CreateOperator);
            return CallbackList.Fill(
                    deletion: (int)CodePlace.Deletion,
                    fewest: (int)CodePlace.Backward + 1,
                    list =>
                        (
                            (delegate* unmanaged[Cdecl]<
                                byte*,
                                int,
                                uint**,
                                int*,
                                int*,
                                MXCallbackList*,
                                void*,
                                int>)create
                        )(place, arrays.Length, shapePointer, rankPointer, typePointer, list, context) != 0
                ) ?? throw Failed(_name, "could not be created for these shapes");
        }
    }

    private string[] List(PropertyPlace place)
    {
        byte** names = null;
        var list = (delegate* unmanaged[Cdecl]<byte***, void*, int>)_property.Function((int)place);
        if (list(&names, _property.Context((int)place)) == 0 || names is null)
            throw Failed(_name, $"failed in {place}");
        var found = new List<string>();
        for (int i = 0; names[i] is not null; i++)
        {
            found.Add(Text.Read(names[i], _name));
        }

        return [.. found];
    }

    private bool[] FindRead()
    {
        int outputs = _outputs.Length;
        int inputs = _inputs.Length;
        var isRead = new bool[(2 * outputs) + inputs];
        int[] numbers = [.. Enumerable.Range(0, isRead.Length)];
        int count = 0;
        int* needed = null;
        var declare = (delegate* unmanaged[Cdecl]<int*, int*, int*, int*, int**, void*, int>)
            _property.Function((int)PropertyPlace.DeclareDependencies);
        fixed (int* first = numbers)
        {
            void* context = _property.Context((int)PropertyPlace.DeclareDependencies);
            if (declare(first, first + outputs, first + outputs + inputs, &count, &needed, context) == 0)
                throw Failed(_name, $"failed in {PropertyPlace.DeclareDependencies}");
            foreach (int number in Pointers.Span(needed, count, _name))
            {
                if ((uint)number >= (uint)isRead.Length)
                    throw Failed(_name, $"declared that backward needs array {number}, which does not exist");
                isRead[number] = true;
            }
        }

        return isRead;
    }

    private bool AnyRead(int first, int count) => _isRead.AsSpan(first, count).Contains(true);

    private static IEnumerable<uint> ToC(Shape shape) =>
        shape
            .Dims.ToArray()
            .Select(extent =>
                extent <= uint.MaxValue
                    ? (uint)extent
                    : throw new EngineException($"A custom operator of a frontend cannot be told of the shape {shape}.")
            );

    private Shape FromC(uint* extents, int rank)
    {
        if (rank < 0 || rank > ShapeInference.MaxRank || (rank > 0 && extents is null))
            throw Failed(_name, $"said that one of its arrays has {rank} dimensions");
        long[] dims = new long[rank];
        for (int i = 0; i < rank; i++)
        {
            dims[i] = extents[i];
        }

        return new Shape(dims);
    }

    private static EngineException Failed(string name, string how) =>
        new($"The custom operator '{name}' {how}; what its frontend printed says more.");

    /// <summary>The callbacks that describe an operator.</summary>
    private enum PropertyPlace
    {
        Deletion = 0,
        ListArguments = 1,
        ListOutputs = 2,
        ListStates = 3,
        InferShapes = 4,
        DeclareDependencies = 5,
        CreateOperator = 6,
        InferTypes = 7,
    }

    /// <summary>The callbacks that compute.</summary>
    private enum CodePlace
    {
        Deletion = 0,
        Forward = 1,
        Backward = 2,
    }

    /// <summary>The arrays of a call with what they are.</summary>
    private sealed class Arguments
    {
        private readonly List<NDArray?> _arrays = [];
        private readonly List<int> _tags = [];

        internal int[] Tags => [.. _tags];

        internal Device? First => _arrays.Find(array => array is not null)?.Device;

        internal void Add(NDArray? array, int tag)
        {
            _arrays.Add(array);
            _tags.Add(tag);
        }

        internal void Add(IReadOnlyList<NDArray> arrays, int tag)
        {
            foreach (NDArray array in arrays)
            {
                Add(array, tag);
            }
        }

        /// <summary>New handles, which are the callback's.</summary>
        internal nint[] MakeHandles() => [.. _arrays.Select(array => Handles.Add(new ArrayHandle(array?.Detach())))];
    }
}
