using System.Runtime.InteropServices;
using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Image files to arrays of shape (height, width, channels), and such arrays to other sizes.</summary>
internal static unsafe class ImageFamily
{
    private const long MostElements = 1L << 33;

    internal static void Register(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("_cvimdecode")
            {
                Inputs = ["buf"],
                NewParameters = () => new ImageDecodeParameters(),
                InferShape = shapes => { },
                InferType = Bytes,
                ShapeOfValues = (op, inputs) => SizeOf(op.Parameters<ImageDecodeParameters>(), Contents(op, inputs[0])),
                Kernel = Decode,
            }
        );
        registry.Add(
            new OperatorDef("_cvimread")
            {
                Inputs = [],
                NewParameters = () => new ImageReadParameters(),
                InferShape = shapes => { },
                InferType = Bytes,
                ShapeOfValues = (op, _) =>
                    SizeOf(op.Parameters<ImageReadParameters>(), Load(op.Parameters<ImageReadParameters>().FileName)),
                Kernel = Read,
            }
        );
        registry.Add(
            new OperatorDef("_cvimresize")
            {
                Inputs = ["src"],
                NewParameters = () => new ImageResizeParameters(),
                InferShape = InferResize,
                InferType = TypeRules.OrFloat32(TypeInference.Same),
                Kernel = Resize,
            }
        );
        registry.Add(
            new OperatorDef("_cvcopyMakeBorder")
            {
                Inputs = ["src"],
                NewParameters = () => new ImageBorderParameters(),
                InferShape = InferBorder,
                InferType = TypeRules.OrFloat32(TypeInference.Same),
                Kernel = Frame,
            }
        );
    }

    private static void Bytes(TypeInference types)
    {
        if (types.InputCount > 0)
            types.SetInput(0, DType.UInt8);
        types.SetOutput(0, DType.UInt8);
    }

    private static Shape SizeOf(ImageDecodeParameters p, ReadOnlySpan<byte> file)
    {
        (int height, int width) = ImageDecoder.Measure(file);
        return [height, width, p.Channels];
    }

    private static ReadOnlySpan<byte> Contents(BoundOperator op, TensorView buffer) =>
        buffer.DType == DType.UInt8 && buffer.Size <= int.MaxValue
            ? new ReadOnlySpan<byte>(buffer.Data, (int)buffer.Size)
            : throw new TypeMismatchException(op.Name, "'buf' must hold a file's bytes: an array of uint8.");

    private static byte[] Load(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new EngineException($"The image {path} cannot be read: {error.Message}", error);
        }
    }

    private static void Decode(ref KernelContext context) =>
        Decode(ref context, context.Parameters<ImageDecodeParameters>(), Contents(context.Operator, context.Input(0)));

    private static void Read(ref KernelContext context)
    {
        var p = context.Parameters<ImageReadParameters>();
        Decode(ref context, p, Load(p.FileName));
    }

    private static void Decode(ref KernelContext context, ImageDecodeParameters p, ReadOnlySpan<byte> file)
    {
        if (!context.Wants(0))
            return;
        byte[] pixels = ImageDecoder.Decode(file, p.Channels, out int height, out int width);
        TensorView y = context.Output(0);
        if (y.Shape != new Shape([height, width, p.Channels]))
        {
            throw new ShapeMismatchException(
                context.Operator.Name,
                $"the image has the shape ({height},{width},{p.Channels}), the output {y.Shape}."
            );
        }

        if (!p.ToRgb && p.Channels == 3)
        {
            for (int i = 0; i < pixels.Length; i += 3)
            {
                (pixels[i], pixels[i + 2]) = (pixels[i + 2], pixels[i]);
            }
        }

        var staged = new StagedOutput(ref context, 0);
        pixels.CopyTo(new Span<byte>(staged.Data, pixels.Length));
        staged.Finish();
    }

    private static Shape RequireImage(ShapeInference shapes)
    {
        Shape image = shapes.Input(0);
        return image.Rank is 0 or 3 ? image : throw shapes.Error("an image has the shape (height, width, channels).");
    }

    private static void InferResize(ShapeInference shapes)
    {
        Shape image = RequireImage(shapes);
        if (!image.IsKnown)
            return;
        var p = shapes.Operator.Parameters<ImageResizeParameters>();
        if (image[0] > 1 << 28 || image[1] > 1 << 28 || (double)p.Width * p.Height * image[2] > MostElements)
            throw shapes.Error("the image is too large.");
        shapes.SetOutput(0, [p.Height, p.Width, image[2]]);
    }

    private static void InferBorder(ShapeInference shapes)
    {
        Shape image = RequireImage(shapes);
        if (!image.IsKnown)
            return;
        var p = shapes.Operator.Parameters<ImageBorderParameters>();
        if (image[0] > 1 << 28 || image[1] > 1 << 28)
            throw shapes.Error("the image is too large.");
        if (p.Values.Length > 0 && p.Values.Length < Math.Min(image[2], 4))
            throw shapes.Error($"'values' has {p.Values.Length} numbers for {image[2]} channels; give one for each.");
        shapes.SetOutput(0, [image[0] + p.Top + p.Bottom, image[1] + p.Left + p.Right, image[2]]);
    }

    private static void Resize(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        TensorView x = RequireType(ref context);
        TensorView y = context.Output(0);
        var staged = new StagedOutput(ref context, 0);
        ImageResizing.Resize(
            x.DType,
            x.Data,
            (int)x.Shape[0],
            (int)x.Shape[1],
            x.Shape[1] * x.Shape[2],
            (int)x.Shape[2],
            staged.Data,
            (int)y.Shape[0],
            (int)y.Shape[1],
            (Interpolation)context.Parameters<ImageResizeParameters>().Method
        );
        staged.Finish();
    }

    private static void Frame(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        TensorView x = RequireType(ref context);
        var p = context.Parameters<ImageBorderParameters>();
        int channels = (int)x.Shape[2];
        int itemSize = x.DType.ItemSize();
        byte[] pixel = new byte[channels * itemSize];
        for (int c = 0; c < channels; c++)
        {
            double value =
                p.Values.Length == 0 ? p.Value
                : c < p.Values.Length ? p.Values[c]
                : 0;
            Write(x.DType, value, pixel.AsSpan(c * itemSize));
        }

        var staged = new StagedOutput(ref context, 0);
        ImageBorder.Frame(
            pixel.Length,
            x.Data,
            (int)x.Shape[0],
            (int)x.Shape[1],
            staged.Data,
            p.Top,
            p.Bottom,
            p.Left,
            p.Right,
            (BorderType)p.Type,
            pixel
        );
        staged.Finish();
    }

    private static TensorView RequireType(ref KernelContext context)
    {
        TensorView x = context.Input(0);
        return ImageResizing.Takes(x.DType)
            ? x
            : throw new TypeMismatchException(
                context.Operator.Name,
                $"images of {x.DType.Name()} are not taken; cast to uint8, int32, float32 or float64."
            );
    }

    private static void Write(DType dtype, double value, Span<byte> bytes)
    {
        switch (dtype)
        {
            case DType.UInt8:
                bytes[0] = (byte)Math.Clamp(Math.Round(value), 0, 255);
                break;
            case DType.Int32:
                MemoryMarshal.Write(bytes, (int)Math.Clamp(Math.Round(value), int.MinValue, int.MaxValue));
                break;
            case DType.Float32:
                MemoryMarshal.Write(bytes, (float)value);
                break;
            default:
                MemoryMarshal.Write(bytes, value);
                break;
        }
    }
}
