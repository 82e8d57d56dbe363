using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>
/// Operators whose indices name places along several axes at once: column j of indices (axes, ...) names one place along
/// each of the first axes.
/// </summary>
internal static unsafe class NdIndexFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("gather_nd")
            {
                Inputs = ["data", "indices"],
                InferShape = InferGather,
                InferType = TypeRules.FirstWithIndices,
                Gradient = c =>
                {
                    c.Set(0, c.Call("_backward_gather_nd", c.OutputGradient(0), c.Input(1), c.Input(0)));
                    c.Set(1, c.Call("zeros_like", c.Input(1)));
                },
                Kernel = Read,
            }
        );
        registry.Add(
            new OperatorDef("_backward_gather_nd")
            {
                Inputs = ["ograd", "indices", "data"],
                ShapeOnlyInputs = [2],
                InferShape = ShapeRules.OutputsLikeInputs(2),
                InferType = TypeRules.First,
                Gradient = c => c.Set(0, c.Call("gather_nd", c.OutputGradient(0), c.Input(1))),
                Kernel = AddUp,
            }
        );
        registry.Add(
            Writer(
                "scatter_nd",
                c =>
                {
                    c.Set(0, c.Call("gather_nd", c.OutputGradient(0), c.Input(1)));
                    c.Set(1, c.Call("zeros_like", c.Input(1)));
                },
                static (ref KernelContext context) => Write(ref context, keeps: false)
            )
        );
        // Elements that no index names keep what the given output array holds; in a new one they are zero.
        registry.Add(
            Writer(
                "_scatter_set_nd",
                gradient: null,
                static (ref KernelContext context) =>
                    Write(ref context, keeps: context.Request(0) == Request.WriteInplace),
                keepsOutput: true
            )
        );
    }

    private static OperatorDef Writer(
        string name,
        GradientRule? gradient,
        KernelFunction kernel,
        bool keepsOutput = false
    ) =>
        new(name)
        {
            KeepsOutput = keepsOutput,
            NewParameters = () => new ScatterParameters(),
            Inputs = ["data", "indices"],
            InferShape = InferScatter,
            InferType = TypeRules.FirstWithIndices,
            Gradient = gradient,
            Kernel = kernel,
        };

    private static void InferGather(ShapeInference shapes)
    {
        Shape data = shapes.Input(0);
        Shape indices = shapes.Input(1);
        if (data.Rank == 0 || indices.Rank == 0)
            return;
        shapes.SetOutput(0, RowsShape(shapes, indices, data));
    }

    private static void InferScatter(ShapeInference shapes)
    {
        shapes.SetOutput(0, shapes.Given("shape", shapes.Operator.Parameters<ScatterParameters>().Shape));
        if (shapes.Input(1).Rank > 0)
            shapes.SetInput(0, RowsShape(shapes, shapes.Input(1), shapes.Output(0)));
    }

    /// <summary>The shape of the rows that indices name in an array.</summary>
    private static Shape RowsShape(ShapeInference shapes, Shape indices, Shape data)
    {
        if (indices.Rank < 2)
            throw shapes.Error("indices need the shape (axes, number of places ...), for example (2,5).");
        if (indices[0] > data.Rank)
            throw shapes.Error($"indices name {indices[0]} axes of an array {data} that has {data.Rank}.");
        return indices[0] == 0 ? default : new Shape([.. indices.Dims[1..], .. data.Dims[(int)indices[0]..]]);
    }

    private static void Read(ref KernelContext context)
    {
        TensorView x = context.Input(0);
        if (!context.Wants(0))
            return;
        long* rows = Rows(ref context, context.Input(1), x.Shape, out long count, out long length);
        var staged = new StagedOutput(ref context, 0);
        Gather.Rows(x.DType, x.Data, length, rows, count, staged.Data);
        staged.Finish();
    }

    private static void AddUp(ref KernelContext context)
    {
        TensorView y = context.Output(0);
        if (!context.Wants(0))
            return;
        long* rows = Rows(ref context, context.Input(1), y.Shape, out long count, out long length);
        long all = y.Size / length;
        void* scratch = context.Scratch(Scatter.AddRowsScratch(all, length, count));
        void* gradient = context.Input(0).Data;
        Scatter.AddRows(y.DType, gradient, length, rows, count, y.Data, all, context.Accumulates(0), scratch);
    }

    private static void Write(ref KernelContext context, bool keeps)
    {
        TensorView x = context.Input(0);
        TensorView y = context.Output(0);
        if (!context.Wants(0))
            return;
        long* rows = Rows(ref context, context.Input(1), y.Shape, out long count, out long length);
        var staged = new StagedOutput(ref context, 0);
        if (!keeps)
            Kernels.Elementwise.Fill(y.DType, 0, staged.Data, y.Size);
        Scatter.Rows(x.DType, x.Data, length, rows, count, staged.Data);
        staged.Finish();
    }

    /// <summary>The number of the row that each column of indices names.</summary>
    private static long* Rows(
        ref KernelContext context,
        TensorView indices,
        Shape data,
        out long count,
        out long length
    )
    {
        int axes = (int)indices.Shape[0];
        count = indices.Size / axes;
        length = data.Product(axes, data.Rank);
        long* places = IndexConversion.ToInt64(ref context, indices);
        for (long i = 0; i < count; i++)
        {
            long row = 0;
            for (int axis = 0; axis < axes; axis++)
            {
                long place = places[(axis * count) + i];
                if ((ulong)place >= (ulong)data[axis])
                {
                    throw new OperatorException(
                        context.Operator.Name,
                        $"index {place} (row {axis}, place {i} of indices) is outside 0..{data[axis] - 1}, axis {axis} of "
                            + $"{data}."
                    );
                }

                row = (row * data[axis]) + place;
            }

            places[i] = row;
        }

        return places;
    }
}

/// <summary>Parameters of <c>scatter_nd</c>.</summary>
public sealed class ScatterParameters : IParameters
{
    /// <summary>The shape of the result.</summary>
    public long[] Shape = [];

    /// <inheritdoc/>
    public void Read(AttributeReader reader) => reader.Required("shape", ref Shape);
}
